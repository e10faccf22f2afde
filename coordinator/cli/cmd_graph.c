/* `belay graph`: a saga as a drawing. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/graph.h"
#include "cli/text.h"
#include "definition/suggest.h"

#include <string.h>

static const struct graph_language *const languages[] = {&graph_mermaid, &graph_dot};

static const struct graph_language *graph_find(const char *word, struct error *error)
{
    char hint[128];
    struct suggest suggest;
    suggest_init(&suggest, word);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        if (strcmp(languages[i]->word, word) == 0)
            return languages[i];
        suggest_offer(&suggest, languages[i]->word);
    }
    error_set(error, ERROR_USAGE, "-o is mermaid or dot, not \"%.40s\"; %s", word,
              suggest_hint(&suggest, hint, sizeof hint, "default: mermaid"));
    return NULL;
}

int cmd_graph(struct cli *cli)
{
    struct error error;
    struct saga saga;
    const char *word = options_value(&cli->options, OPTION_LANGUAGE);
    const struct graph_language *language = graph_find(word ? word : "mermaid", &error);
    if (!language)
        return cli_misused(cli, &error);
    if (!saga_read(cli, cli->options.arguments[0], &saga))
        return EXIT_FAILED;
    struct buf drawing;
    buf_init(&drawing, OUTPUT_BYTES);
    graph_put(language, &drawing, &saga);
    char *text = buf_take(&drawing, NULL);
    for (char *line = text, *end; *line; line = end + 1) { /* every line is ended */
        end = line + strcspn(line, "\n");
        *end = '\0';
        text_put(&cli->buf, line);
        buf_putc(&cli->buf, '\n');
    }
    mem_free(text);
    saga_done(&saga);
    return EXIT_DONE;
}
