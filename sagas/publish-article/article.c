/* Articles: stored as drafts, published when the house rules allow it. */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE article (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, author TEXT NOT NULL,"
    " title TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'draft');"
    "CREATE TABLE banned (word TEXT PRIMARY KEY)";

static const char samples[] = "INSERT INTO banned VALUES ('jackpot'), ('miracle')";

static int store(struct belay_call *call)
{
    sqlite3_int64 complete;
    if (belay_sqlite_read(call,
                          "SELECT :body ->> 'author' <> '' AND :body ->> 'title' <> '' AND :body ->> 'text' <> ''",
                          &complete))
        return BELAY_FAILED;
    if (!complete)
        return belay_refuse(call, "incomplete", "an article needs \"author\", \"title\" and \"text\"");
    if (belay_sqlite_run(call,
                         "INSERT INTO article (key, author, title, body)"
                         " VALUES (:key, :body ->> 'author', :body ->> 'title', :body ->> 'text')",
                         NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('articleId', id) FROM article WHERE key = :key");
}

static int discard(struct belay_call *call)
{
    return belay_sqlite_run(call, "DELETE FROM article WHERE key = :action_key", NULL);
}

/* The pivot: what the public has seen cannot be unseen. Its no undoes the rest. */
static int publish(struct belay_call *call)
{
    sqlite3_int64 banned, rows;
    if (belay_sqlite_read(call,
                          "SELECT count(*) FROM article, banned WHERE id = :body ->> 'articleId'"
                          " AND (instr(lower(title), word) OR instr(lower(body), word))",
                          &banned))
        return BELAY_FAILED;
    if (banned)
        return belay_refuse(call, "against_the_rules", "it has %lld words that are not printed here",
                            (long long)banned);
    if (belay_sqlite_run(call, "UPDATE article SET state = 'published' WHERE id = :body ->> 'articleId'", &rows))
        return BELAY_FAILED;
    return rows ? BELAY_YES : belay_refuse(call, "no_article", "there is no such article");
}

static const struct belay_operation operations[] = {
    OPERATION("store", store, discard),
    OPERATION("publish", publish, NULL),
};

#define ARTICLE "json_object('id', id, 'author', author, 'title', title, 'text', body, 'state', state)"

static const struct view views[] = {
    {"/articles", "SELECT json_group_array(json(line)) FROM (SELECT " ARTICLE " line FROM article"
                  " ORDER BY id DESC LIMIT 1000)"},
    {"/articles/{}", "SELECT " ARTICLE " FROM article WHERE id = ?1"},
};

int main(int argc, char **argv)
{
    const struct service article = {
        .name = "article",
        .port = 7121,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&article, argc, argv);
}
