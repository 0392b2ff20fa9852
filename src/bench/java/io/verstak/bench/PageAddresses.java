package io.verstak.bench;

import io.verstak.bench.server.DatasetGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Every page that there is to look at, and the administrators' JSON: the lists with each order and filter, searched for few and
 * for many, at their beginning, in the middle and at their end. What answers with all devices at once is no page and not here.
 */
final class PageAddresses {
    /** The page with the least on it: what a page costs when nothing is looked up for it. */
    static final String PLAINEST = "/forgot";

    private static final int PER_PAGE = 25;
    private static final int PER_JSON_PAGE = 20;

    private final int users;
    private final List<String> all = new ArrayList<>();

    private PageAddresses(int users) {
        this.users = users;
    }

    /** @param users how many there are, as {@link DatasetGenerator} makes them */
    static List<String> of(int users) {
        PageAddresses addresses = new PageAddresses(users);
        addresses.single();
        addresses.users();
        addresses.devices();
        addresses.vaults();
        addresses.audit();
        addresses.json();
        return addresses.all;
    }

    private void add(String... addresses) {
        all.addAll(List.of(addresses));
    }

    private void single() {
        add(PLAINEST, "/", "/login", "/register", "/dashboard", "/account", "/account/account.json", "/admin/login");
        add("/admin/dashboard", "/admin/create-user", "/admin/invitations", "/admin/storage", "/admin/outbox");
        add("/admin/settings", "/admin/diagnostics", "/admin/diagnostics.json");
        add("/admin/user?id=" + DatasetGenerator.id(users / 2), "/admin/vault/" + users / 2);
    }

    private void users() {
        String path = "/admin/users";
        add(path);
        for (String sort : List.of("created_at", "username", "email", "last_seen", "last_seen-desc", "devices-desc")) {
            add(path + "?sort=" + sort, path + "?sort=" + sort + "&page=" + users / PER_PAGE / 2);
        }
        for (String state : List.of("active", "blocked", "unconfirmed")) {
            add(path + "?state=" + state, path + "?state=" + state + "&page=" + users / PER_PAGE / 25);
        }
        deep(path + "?", users);
        for (String text : texts()) {
            add(path + "?q=" + text, path + "?q=" + text + "&sort=email&state=active");
        }
        deep(path + "?q=person&", users);
    }

    private void devices() {
        String path = "/admin/devices";
        add(path);
        deep(path + "?", users * 9L / 5);
        deep(path + "?state=working&", users * 8L / 5);
        deep(path + "?state=revoked&", users / 5);
        texts().forEach(text -> add(path + "?q=" + text, path + "?q=" + text + "&state=revoked"));
        add(path + "?q=person&after=" + halfTime() + "-dev_");
    }

    private void vaults() {
        String path = "/admin/vaults";
        add(path);
        for (String sort : List.of("created", "activity", "operations")) {
            add(path + "?sort=" + sort);
            deep(path + "?sort=" + sort + "&", users * 6L / 5);
        }
        texts().forEach(text -> add(path + "?q=" + text, path + "?q=" + text + "&sort=activity"));
        add(path + "?q=vault-" + users / 2, path + "?q=vault-");
    }

    private void audit() {
        String path = "/admin/audit?";
        String deep = "&before=" + halfTime() + "-0";
        add("/admin/audit", path + deep, path + "&after=" + halfTime() + "-0", path + "days=7");
        for (String filter : List.of(
                "type=login",
                "type=quota_set",
                "user=" + DatasetGenerator.id(users / 2),
                "user=" + DatasetGenerator.id(users / 2) + "&type=login",
                "type=login&days=30")) {
            add(path + filter, path + filter + deep);
        }
    }

    private void json() {
        String path = "/admin/api/users?";
        add("/admin/api/stats", "/admin/api/users", path + "per_page=100", path + "filter=person&per_page=100");
        for (String sort :
                List.of("id", "username", "email", "confirmed", "blocked", "last_seen", "created_at", "devices")) {
            add(path + "sort=" + sort, path + "sort=" + sort + "&order=desc&page=" + users / PER_JSON_PAGE / 2);
            add(path + "sort=" + sort + "&filter=7%40mail");
        }
        texts().forEach(text -> add(path + "sort=email&filter=" + text));
    }

    /** What is found once, a dozen times, a thousand times (in a crowd of 100,000), everywhere, and nowhere. */
    private List<String> texts() {
        return List.of("person" + (users - 1), users / 2 + "%40mail", "77%40mail", "example.org", "nobody");
    }

    private void deep(String query, long rows) {
        long pages = Math.max(2, (rows + PER_PAGE - 1) / PER_PAGE);
        add(query + "page=" + pages / 2, query + "page=" + pages);
    }

    private static long halfTime() {
        return Instant.now().minus(Duration.ofDays(45)).toEpochMilli();
    }
}
