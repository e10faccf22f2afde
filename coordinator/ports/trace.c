/* Formatting of trace lines: the one thing every trace implementation would otherwise repeat. */
#include "ports/world.h"

#include <stdarg.h>
#include <stdio.h>

enum { TRACE_LINE = 1024 };

void trace_put(const struct trace *trace, enum trace_level level, const char *format, ...)
{
    if (level < trace->level)
        return;
    char line[TRACE_LINE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    trace->line(trace->self, level, line);
}
