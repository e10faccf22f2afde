/* The users of a small network: who there is, and how many friends each one has, which is limited. */
#include "common/service.h"

static const char schema[] = "CREATE TABLE user (id TEXT PRIMARY KEY, friends INTEGER NOT NULL DEFAULT 0,"
                             " friends_max INTEGER NOT NULL DEFAULT 5, CHECK (friends BETWEEN 0 AND friends_max));"
                             "CREATE TABLE counted (key TEXT PRIMARY KEY, user TEXT NOT NULL);";

static const char samples[] = "INSERT INTO user VALUES ('ada', 0, 5), ('grace', 2, 5), ('linus', 5, 5)";

/* Reads only: are both there, and two people? */
static int verify(struct belay_call *call)
{
    sqlite3_int64 count;
    if (belay_sqlite_read(call, "SELECT count(*) FROM user WHERE id IN (:body ->> 'from', :body ->> 'to')",
                          &count))
        return BELAY_FAILED;
    return count == 2 ? BELAY_YES : belay_refuse(call, "unknown_user", "it takes two different users");
}

/* One friend more for the user of the body. `counted` remembers which call did it, so that its undo, which knows
 * nothing but its action's key, takes back exactly that. */
static int count_friend(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(
            call, "UPDATE user SET friends = friends + 1 WHERE id = :body ->> 'user' AND friends < friends_max",
            &rows))
        return BELAY_FAILED;
    if (rows == 0)
        return belay_refuse(call, "too_many_friends", "that user is unknown, or has all the friends there can be");
    if (belay_sqlite_run(call, "INSERT INTO counted VALUES (:key, :body ->> 'user')", NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call,
                               "SELECT json_object('friends', friends) FROM user WHERE id = :body ->> 'user'");
}

static int uncount_friend(struct belay_call *call)
{
    return belay_sqlite_run(call,
                            "UPDATE user SET friends = friends - 1 FROM counted"
                            " WHERE counted.key = :action_key AND user.id = counted.user;"
                            "DELETE FROM counted WHERE key = :action_key",
                            NULL);
}

static const struct belay_operation operations[] = {
    OPERATION("verify", verify, NULL),
    OPERATION("count-friend", count_friend, uncount_friend),
};

#define USER "json_object('id', id, 'friends', friends, 'friendsMax', friends_max)"

static const struct view views[] = {
    {"/users", "SELECT json_group_array(json(line)) FROM (SELECT " USER " line FROM user ORDER BY id LIMIT 1000)"},
    {"/users/{}", "SELECT " USER " FROM user WHERE id = ?1"},
};

int main(int argc, char **argv)
{
    const struct service user = {
        .name = "user",
        .port = 7111,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&user, argc, argv);
}
