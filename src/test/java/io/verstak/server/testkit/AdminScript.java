package io.verstak.server.testkit;

import java.util.List;
import java.util.function.IntSupplier;

/** A program that signs in as an administrator and calls the administrators' JSON, with the token of its cookie. */
public final class AdminScript {
    public static final String NAME = "root";
    public static final String PASSWORD = "a long enough passphrase";

    /** What an administrator can open on any server. */
    public static final List<String> PAGES = List.of(
            "/admin/dashboard",
            "/admin/users",
            "/admin/create-user",
            "/admin/invitations",
            "/admin/devices",
            "/admin/vaults",
            "/admin/storage",
            "/admin/audit",
            "/admin/outbox",
            "/admin/settings",
            "/admin/diagnostics",
            "/admin/diagnostics.json",
            "/admin/api/stats",
            "/admin/api/users",
            "/admin/api/devices");

    private final Visitor visitor;

    public AdminScript(TestServer server) {
        this(port(server));
    }

    private static IntSupplier port(TestServer server) {
        server.beside(accounts -> accounts.administrators().put(NAME, PASSWORD));
        return server::port;
    }

    /** Signs in where this administrator is there already. */
    public AdminScript(IntSupplier port) {
        visitor = new Visitor(port);
        visitor.send("/admin/login", "/admin/login", "username=" + NAME, "password=" + PASSWORD);
    }

    /** The same as somebody with a browser. */
    public Visitor visitor() {
        return visitor;
    }

    public Answer get(String path) {
        return visitor.get("/admin/api/" + path);
    }

    public Answer post(String path, String json) {
        return call(Request.post("/admin/api/" + path, json));
    }

    public Answer form(String path, String... fields) {
        return call(Visitor.form("/admin/api/" + path, fields));
    }

    public Answer delete(String path) {
        return call(Request.of("DELETE", "/admin/api/" + path));
    }

    private Answer call(Request request) {
        return visitor.post(request.with("X-CSRF-Token", visitor.cookie("csrf_token")));
    }
}
