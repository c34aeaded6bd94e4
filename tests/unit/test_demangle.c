/* SPDX-License-Identifier: Apache-2.0 */
/* Tests names of C++ and Rust, by known pairs. */
#include "unit.h"

#include <errno.h>
#include <stdbool.h>

#include "symbols/demangle.h"

static void mangled(void)
{
	static const struct {
		const char *name, *plain, *full;
	} rows[] = {
		{ "main", NULL, NULL },
		{ "_Z", NULL, NULL },
		{ "_Z3fooi", "foo", "foo(int)" },
		{ "_ZN2ns3Cls6methodEi", "ns::Cls::method", "ns::Cls::method(int)" },
		{ "_ZNK2ns3Cls3getEv", "ns::Cls::get", "ns::Cls::get() const" },
		{ "_ZN2ns4tmplIiEEvT_", "ns::tmpl<int>", "void ns::tmpl<int>(int)" },
		{ "_ZN3ClsclEi", "Cls::operator()", "Cls::operator()(int)" },
		{ "_ZN3ClscvmEv", "Cls::operator unsigned long", "Cls::operator unsigned long()" },
		{ "_ZN12_GLOBAL__N_11fEPFvvE", "(anonymous namespace)::f",
		  "(anonymous namespace)::f(void (*)())" },
		{ "_ZThn8_N1X1fEv", "non-virtual thunk to X::f()", "non-virtual thunk to X::f()" },
		{ "_ZN4crat3sub4func17h0123456789abcdefE", "crat::sub::func", "crat::sub::func" },
		{ "_ZN4core3ptr31drop_in_place$LT$u8$C$$RF$T$GT$17h1f2e3d4c5b6a7988E",
		  "core::ptr::drop_in_place<u8,&T>", "core::ptr::drop_in_place<u8,&T>" },
		{ "_ZN4crat3sub4func17h0123456789abcdefE.llvm.1234", "crat::sub::func",
		  "crat::sub::func" },
		{ "_R", NULL, NULL },
		{ "_Recorder", NULL, NULL },
		{ "_RNvC7mycrate3foo", "mycrate::foo", "mycrate::foo" },
		{ "_RNvNtCs1234_7mycrate3sub3bar", "mycrate::sub::bar", "mycrate::sub::bar" },
		{ "_RNvC7mycrate3foo.llvm.123456", "mycrate::foo", "mycrate::foo" },
		{ "_RNCNvC7mycrate4main0B3_", "mycrate::main::{closure#0}",
		  "mycrate::main::{closure#0}" },
		{ "_RINvNtC3std3mem8align_ofjE", "std::mem::align_of::<usize>",
		  "std::mem::align_of::<usize>" },
		{ "_RNvXCs1_7mycrateNtB2_3FooNtNtC4core3fmt7Display3fmt",
		  "<mycrate::Foo as core::fmt::Display>::fmt",
		  "<mycrate::Foo as core::fmt::Display>::fmt" },
		{ "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
		  "utf8_idents::\u10e1\u10d0\u10ed\u10db\u10d4\u10da\u10d0\u10d3_"
		  "\u10d2\u10d4\u10db\u10e0\u10d8\u10d4\u10da\u10d8_"
		  "\u10e1\u10d0\u10d3\u10d8\u10da\u10d8",
		  "utf8_idents::\u10e1\u10d0\u10ed\u10db\u10d4\u10da\u10d0\u10d3_"
		  "\u10d2\u10d4\u10db\u10e0\u10d8\u10d4\u10da\u10d8_"
		  "\u10e1\u10d0\u10d3\u10d8\u10da\u10d8" },
		{ "_Z3fooi.part.0", "foo", "foo(int) [clone .part.0]" },
	};
	struct cbee__demangle d = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].plain) {
			CU_ASSERT_PTR_NULL(cbee__demangle(&d, rows[i].name, false));
			continue;
		}
		UNIT_STR(cbee__demangle(&d, rows[i].name, false), rows[i].plain);
		UNIT_STR(cbee__demangle(&d, rows[i].name, true), rows[i].full);
	}
	cbee__demangle_free(&d);
	CU_ASSERT_PTR_NULL(d.text);
}

static void clones(void)
{
	CU_ASSERT(cbee__sym_is_clone("f.isra.0", "f"));
	CU_ASSERT(cbee__sym_is_clone("f.constprop.0.isra.12", "f"));
	CU_ASSERT(cbee__sym_is_clone("f.llvm.123456", "f"));
	CU_ASSERT_FALSE(cbee__sym_is_clone("f", "f"));
	CU_ASSERT_FALSE(cbee__sym_is_clone("f.cold", "f"));
	CU_ASSERT_FALSE(cbee__sym_is_clone("f.isra.", "f"));
	CU_ASSERT_FALSE(cbee__sym_is_clone("f.isra.0x", "f"));
	CU_ASSERT_FALSE(cbee__sym_is_clone("ff.isra.0", "f"));
}

/* Each type has the one before twice: 30 of them stand for gigabytes. */
static void endless_cxx(void)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char name[1024] = "_Z1f1AIiiE";
	struct cbee__demangle d = { 0 };

	for (int i = 0; i < 30; i++) {
		size_t len = strlen(name);

		if (i == 2)
			CU_ASSERT_PTR_NOT_NULL(cbee__demangle(&d, name, true));
		snprintf(name + len, sizeof(name) - len, "S_IS%c_S%c_E", digits[i], digits[i]);
	}
	CU_ASSERT_PTR_NULL(cbee__demangle(&d, name, true));
	CU_ASSERT(d.cap <= 65536);
	cbee__demangle_free(&d);
}

/* The same; a reference is B, the place less one to the base of 62, _. */
static void endless_rust(void)
{
	static const char digits[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char name[1024] = "_RINvC1a1fTuuE", ref[8];
	struct cbee__demangle d = { 0 };
	size_t place = strlen("INvC1a1f"), len;

	for (int i = 0; i < 30; i++) {
		len = strlen(name);
		if (place <= 62)
			snprintf(ref, sizeof(ref), "B%c_", digits[place - 1]);
		else
			snprintf(ref, sizeof(ref), "B%c%c_", digits[(place - 1) / 62],
				 digits[(place - 1) % 62]);
		place = len - 2;
		snprintf(name + len, sizeof(name) - len, "T%s%sE", ref, ref);
		if (i == 2) {
			len = strlen(name);
			strcpy(name + len, "E");
			CU_ASSERT_PTR_NOT_NULL(cbee__demangle(&d, name, true));
			name[len] = '\0';
		}
	}
	strcpy(name + strlen(name), "E");
	CU_ASSERT_PTR_NULL(cbee__demangle(&d, name, true));
	cbee__demangle_free(&d);
}

static void no_memory(void)
{
	static const char *const names[] = { "_RNvC7mycrate3foo", "_Z3fooi" };
	struct cbee__demangle d = { 0 };

	for (int i = 0; i < 2; i++) {
		unit_fail_alloc(1);
		CU_ASSERT_PTR_NULL(cbee__demangle(&d, names[i], false));
		CU_ASSERT(unit_alloc_failed());
		UNIT_EQ(d.err, -ENOMEM);
		unit_fail_alloc(0);
		CU_ASSERT_PTR_NOT_NULL(cbee__demangle(&d, names[i], false));
		cbee__demangle_free(&d);
	}
}

UNIT_MAIN("demangle", { "mangled", mangled }, { "clones", clones }, { "endless_cxx", endless_cxx },
	  { "endless_rust", endless_rust }, { "no_memory", no_memory })
