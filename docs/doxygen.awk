# SPDX-License-Identifier: Apache-2.0
# Turns the comments of a public header into those that Doxygen reads.
#
# The house writes plain comments, before what they explain or behind a member. A comment is
# about all that follows it without a gap: the next declaration too, and all that one
# declaration declares. Names of parameters have an @.

# Text as Doxygen wants it: nothing in it is a command or a tag, but names of parameters.
function prose(text)
{
	gsub(/\\/, "\\\\", text)
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	gsub(/[#%$"]/, "\\\\&", text)
	gsub(/::/, "\\\\::", text)
	gsub(/@/, "\\p ", text)
	return text
}

# A line of a comment. Those that begin with a tab are code.
function body(line, out)
{
	if (line ~ /^ \*\t/) {
		out = in_code ? line : " * @code\n" line
		in_code = 1
		return out
	}
	if (!in_code || line ~ /^ \*$/)
		return prose(line)
	in_code = 0
	return " * @endcode\n" prose(line)
}

# Declarations of several members, in @item[1] to @item[count]; returns count.
function apart(code, item, count, type, i)
{
	sub(/;[ \t]*$/, "", code)
	count = split(code, item, ",")
	type = item[1]
	sub(/[ \t]*\**[a-zA-Z_0-9\[\]]+$/, "", type)
	for (i = 1; i <= count; i++)
		item[i] = (i > 1 ? type " " : "") item[i] ";"
	return count
}

# A comment is whole: it is about the file, or about what comes next.
function done(text)
{
	print text
	about = about_file ? "" : text
	about_file = 0
	fresh = 1
}

# The first line is the licence; what follows it is about the file, or the front page.
FNR == 1 {
	about_file = 1
	subject = FILENAME ~ /\/cbee\.h$/ ? "@mainpage" : "@file"
	print ""
	next
}

# Headlines of sections explain nothing by themselves.
/^\/\* ---- / {
	print ""
	about = ""
	next
}

/^\/\* .* \*\/$/ {
	text = substr($0, 4, length($0) - 6)
	done((about_file ? "/**\n * " subject "\n * " : "/** ") prose(text) (about_file ? "\n */" : " */"))
	next
}

/^\/\*$/ {
	comment = "/**\n" (about_file ? " * " subject "\n" : "")
	inside = 1
	next
}

inside && /^ \*\/$/ {
	inside = 0
	done(comment (in_code ? " * @endcode\n" : "") " */")
	in_code = 0
	next
}

inside {
	comment = comment body($0) "\n"
	next
}

# Members with a comment behind them, which may go on on the next lines.
/;.*\/\*|,[ \t]*\/\*|^\t[A-Z_0-9]+[ \t]+\/\*/ {
	at = index($0, "/*")
	behind = "/**<" prose(substr($0, at + 2))
	code = substr($0, 1, at - 1)
	if (code ~ /^\t[^(]*,[^(]*;/ && behind ~ /\*\/$/) {
		count = apart(code, item)
		for (i = 1; i <= count; i++)
			print item[i] " " behind
	} else {
		print code behind
	}
	above = ""
	next
}

# Members with a comment above them.
/^[ \t]+\/\*/ {
	at = index($0, "/*")
	above = substr($0, 1, at - 1) "/**" prose(substr($0, at + 2))
	within = !/\*\/$/
	print above
	next
}

within {
	above = above "\n" prose($0)
	within = !/\*\/$/
	print prose($0)
	next
}

above != "" && /^\t[^(]*,[^(]*;$/ {
	count = apart($0, item)
	for (i = 1; i <= count; i++)
		print (i > 1 ? above "\n" : "") item[i]
	above = ""
	next
}

# A declaration right behind another one shares its comment.
/^(CBEE_API|struct [a-z_0-9]+;)/ && !fresh && !continued && about != "" {
	print about
}

{
	print
	continued = (/^CBEE_API/ || continued) && !/;$/
	above = ""
	if ($0 == "" || /^#include/)
		about = ""
	fresh = 0
}
