/* Authors: how many articles each has written and may write, and what stands in the feed of their readers. */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE author (id TEXT PRIMARY KEY, articles INTEGER NOT NULL DEFAULT 0, articles_max INTEGER NOT NULL,"
    " CHECK (articles BETWEEN 0 AND articles_max));"
    "CREATE TABLE counted (key TEXT PRIMARY KEY, author TEXT NOT NULL);"
    "CREATE TABLE feed (key TEXT PRIMARY KEY, author TEXT NOT NULL, article INTEGER NOT NULL, title TEXT NOT NULL,"
    " visible INTEGER NOT NULL DEFAULT 0);";

static const char samples[] = "INSERT INTO author VALUES ('ada', 3, 100), ('grace', 0, 100), ('trial', 1, 1)";

static int count_article(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(call,
                         "UPDATE author SET articles = articles + 1"
                         " WHERE id = :body ->> 'author' AND articles < articles_max",
                         &rows))
        return BELAY_FAILED;
    if (rows == 0)
        return belay_refuse(call, "quota_used_up", "that author is unknown, or has written all they may");
    return belay_sqlite_run(call, "INSERT INTO counted VALUES (:key, :body ->> 'author')", NULL);
}

static int uncount_article(struct belay_call *call)
{
    return belay_sqlite_run(call,
                            "UPDATE author SET articles = articles - 1 FROM counted"
                            " WHERE counted.key = :action_key AND author.id = counted.author;"
                            "DELETE FROM counted WHERE key = :action_key",
                            NULL);
}

/* The entry is there, but nobody sees it before the article is published. */
static int announce(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(
            call,
            "INSERT INTO feed (key, author, article, title)"
            " SELECT :key, id, :body ->> 'articleId', :body ->> 'title' FROM author"
            " WHERE id = :body ->> 'author' AND :body ->> 'articleId' > 0 AND :body ->> 'title' <> ''",
            &rows))
        return BELAY_FAILED;
    return rows ? BELAY_YES : belay_refuse(call, "no_article", "it takes an author, an article and a title");
}

static int retract(struct belay_call *call)
{
    return belay_sqlite_run(call, "DELETE FROM feed WHERE key = :action_key", NULL);
}

/* After the pivot: it only has to happen. */
static int reveal(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(call, "UPDATE feed SET visible = 1 WHERE key = :body ->> 'entry'", &rows))
        return BELAY_FAILED;
    return rows ? BELAY_YES : belay_refuse(call, "no_entry", "there is no such entry");
}

static const struct belay_operation operations[] = {
    OPERATION("count-article", count_article, uncount_article),
    OPERATION("announce", announce, retract),
    OPERATION("reveal", reveal, NULL),
};

#define AUTHOR "json_object('id', id, 'articles', articles, 'articlesMax', articles_max)"

static const struct view views[] = {
    {"/authors",
     "SELECT json_group_array(json(line)) FROM (SELECT " AUTHOR " line FROM author ORDER BY id LIMIT 1000)"},
    {"/authors/{}", "SELECT " AUTHOR " FROM author WHERE id = ?1"},
    {"/feed", "SELECT json_group_array(json_object('author', author, 'articleId', article, 'title', title))"
              " FROM (SELECT * FROM feed WHERE visible ORDER BY article DESC LIMIT 1000)"},
};

int main(int argc, char **argv)
{
    const struct service author = {
        .name = "author",
        .port = 7122,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&author, argc, argv);
}
