/* cli: drawings of sagas. */
#include "cli/commands.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static const char path[] = "/tmp/belay-graph-test.saga.json";

static void put(const char *text)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

/* Ids that are words of the languages, a label that would end its quotes, a pivot, a condition of a group. */
static const char saga[] =
    "{\"name\":\"order\",\"version\":2,\"timeout\":\"1h\",\"steps\":["
    "{\"id\":\"end\",\"participant\":\"p\",\"operation\":\"a\"},"
    "{\"id\":\"graph\",\"when\":\"input.x == \\\"]<b>\\\"\",\"parallel\":["
    "{\"id\":\"b\",\"participant\":\"p\",\"operation\":\"b\"},"
    "{\"id\":\"c\",\"participant\":\"p\",\"operation\":\"c\",\"readOnly\":true}]},"
    "{\"id\":\"d\",\"participant\":\"p\",\"pivot\":true,\"action\":{\"request\":\"POST /d\"}},"
    "{\"id\":\"e\",\"participant\":\"p\",\"action\":{\"request\":\"POST /e\"}}]}";

static void mermaid(void)
{
    struct run run;
    put(saga);
    RUN(&run, NULL, "graph", path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    CU_ASSERT_STRING_EQUAL(run.out, "flowchart TD\n"
                                    "  %% order v2; dashed: where an undo goes on\n"
                                    "  s_end[\"end<br/>p<br/>operation a\"]\n"
                                    "  s_graph{\"input.x == #34;]#60;b#62;#34;?\"}\n"
                                    "  subgraph group1 [\"graph: together\"]\n"
                                    "    s_b[\"b<br/>p<br/>operation b\"]\n"
                                    "    s_c[\"c<br/>p<br/>operation c<br/>read only\"]\n"
                                    "  end\n"
                                    "  s_d[[\"d<br/>p<br/>POST /d<br/>pivot\"]]:::pivot\n"
                                    "  s_e[\"e<br/>p<br/>POST /e\"]\n"
                                    "  s_end --> s_graph\n"
                                    "  s_graph --> s_b\n"
                                    "  s_graph --> s_c\n"
                                    "  s_b --> s_d\n"
                                    "  s_c --> s_d\n"
                                    "  s_d --> s_e\n"
                                    "  s_b -.-> s_end\n"
                                    "  s_d -.-> s_b\n"
                                    "  s_d -.-> s_end\n"
                                    "  classDef pivot stroke-width:3px\n");
    run_done(&run);
}

static void dot(void)
{
    struct run run;
    put(saga);
    RUN(&run, NULL, "graph", path, "-o", "dot");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "digraph saga {\n  label=\"order v2\";\n");
    run_expect(run.out, "  s_graph [label=\"input.x == \\\"]<b>\\\"?\", shape=diamond];\n"
                        "  subgraph cluster_group1 {\n    label=\"graph: together\";\n");
    run_expect(run.out, "  s_d [label=\"d\\np\\nPOST /d\\npivot\", peripheries=2, style=bold];\n");
    run_expect(run.out, "  s_d -> s_b [style=dashed, constraint=false, label=\"undo\"];\n");
    run_expect(run.out, "  s_b -> s_d;\n");
    run_done(&run);
    RUN(&run, NULL, "graph", path, "--language", "dto");
    CU_ASSERT_EQUAL(run.status, EXIT_MISUSED);
    run_expect(run.err, "did you mean \"dot\"?");
    run_done(&run);
    RUN(&run, NULL, "graph", "/nowhere.saga.json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_done(&run);
}

/* A child looks like no other step, and says which saga it is. */
static void children(void)
{
    struct run run;
    put("{\"name\":\"t\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"parallel\":[{\"id\":\"f\",\"saga\":{"
        "\"name\":"
        "\"book-flight\",\"version\":3}},{\"id\":\"h\",\"saga\":{\"name\":\"book-hotel\"}}]}]}");
    RUN(&run, NULL, "graph", path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "  subgraph group1 [\"together\"]\n    s_f([\"f<br/>saga book-flight v3\"])\n"
                        "    s_h([\"h<br/>saga book-hotel\"])\n");
    run_done(&run);
    RUN(&run, NULL, "graph", path, "-o", "dot");
    run_expect(run.out, "    s_f [label=\"f\\nsaga book-flight v3\", shape=component];\n");
    run_done(&run);
}

/* The order of undos is the saga's: one after the other, or all at once. */
static void orders(void)
{
    static const char form[] = "{\"name\":\"o\",\"version\":1,\"timeout\":\"1h\",\"compensation\":{\"order\":\"%"
                               "s\"},\"steps\":[{\"id\":\"g\","
                               "\"parallel\":[{\"id\":\"a\",\"participant\":\"p\",\"operation\":\"a\"},{\"id\":"
                               "\"b\",\"participant\":\"p\","
                               "\"operation\":\"b\"}]},{\"id\":\"c\",\"participant\":\"p\",\"operation\":\"c\"}]}";
    char text[1024];
    struct run run;
    snprintf(text, sizeof text, form, "sequential");
    put(text);
    RUN(&run, NULL, "graph", path);
    run_expect(run.out, "  s_b -.-> s_a\n  s_c -.-> s_b\n  classDef");
    run_done(&run);
    snprintf(text, sizeof text, form, "parallel");
    put(text);
    RUN(&run, NULL, "graph", path);
    CU_ASSERT_PTR_NULL(strstr(run.out, "-.->"));
    run_done(&run);
    snprintf(text, sizeof text, form, "reverse");
    put(text);
    RUN(&run, NULL, "graph", path);
    run_expect(run.out, "  s_c -.-> s_a\n  s_c -.-> s_b\n  classDef");
    run_done(&run);
}

/* Cases and what waits: every step is drawn once, and every case shows its condition. */
static void cases(void)
{
    struct run run;
    RUN(&run, NULL, "graph", "test/unit/sagas/right/switch.json");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "{\"input.method == 'card'?\"}\n    subgraph");
    run_expect(run.out, "{\"otherwise\"}\n");
    run_expect(run.out, "[\"ask<br/>approval\"]\n");
    run_expect(run.out, "{\"has(input.voucher)?\"}\n");
    CU_ASSERT_PTR_NULL(strstr(run.out, "switch#")); /* nothing is left nameless */
    run_done(&run);
}

void cli_graph_test_suite(void);
void cli_graph_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli_graph", NULL, NULL);
    CU_add_test(suite, "mermaid", mermaid);
    CU_add_test(suite, "dot", dot);
    CU_add_test(suite, "orders of undoing", orders);
    CU_add_test(suite, "children are drawn as such", children);
    CU_add_test(suite, "cases", cases);
}
