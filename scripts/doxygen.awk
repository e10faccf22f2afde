# Headers as they are written for people, to what doxygen reads: the file's first comment describes the file, a
# comment before a declaration or a member that one, a comment behind a member that one. Tables and programs in
# comments, indented by two or more, stay as they are. A member without a comment is one whose name says it; every
# function, type and macro has to have one.

FNR == 1 { first = 1; inside = 0; block = 0 }

# A comment that begins a line, but is no section's title.
/^ *\/\* / && !/^\/\* ----/ {
    if (first) { sub(/\/\* /, "/** @file\n * "); first = 0 } else sub(/\/\* /, "/** ")
    inside = !/\*\//
    told = 1
    print escape($0)
    next
}

inside {
    text = $0
    ends = text ~ /\*\//
    if (!block && text ~ /^ *\*   *[^ *\/]/) { print " * @verbatim"; block = 1 }
    else if (block && text !~ /^ *\*   *[^ *\/]/ && text !~ /^ *\*$/ ) { print "@endverbatim"; block = 0 }
    if (ends) {
        if (block) { sub(/ *\*\/.*/, "", text); print plain(text); print "@endverbatim"; print " */"; block = 0 }
        else print escape(text)
        inside = 0
        next
    }
    print block ? plain(text) : escape(text)
    next
}

# What stands behind a declaration without content has nothing to belong to.
/^struct [a-z_]+; *\/\*/ { sub(/ *\/\*.*/, "") }

# A comment behind a member, an enumerator or a constant; it may go on on the next lines.
/[;,{0-9A-Z"] *\/\* / && !/\\$/ && !/^#(if|else|endif)/ {
    where = match($0, / \/\* /)
    $0 = substr($0, 1, where) "/**< " escape(substr($0, where + 4))
    inside = !/\*\//
    print
    next
}

# The tables' own macro is no part of the interface.
/^#(define|undef) X/ { next }

/^struct .*\{$/ { members = 1; told = 0; print; next }
/^\}/ { members = 0 }

members && !told && /^    [a-z].*[A-Za-z0-9_\]];$/ {
    name = $0; sub(/\[.*/, "", name); sub(/;$/, "", name); sub(/.*[ *]/, "", name)
    print $0 " /**< " name " */"
    next
}

{ print; if (/;/) told = 0 }

# Without the margin of the comment.
function plain(text) {
    sub(/^ *\* ?/, "", text)
    return text
}

# Angle brackets are no HTML; between quotes and backquotes doxygen takes them as they are.
function escape(text,    out, i, c, quote) {
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (quote) { if (c == quote) quote = "" }
        else if (c == "\"" || c == "`") quote = c
        else if (c == "<" || c == ">") c = "\\" c
        out = out c
    }
    return out
}
