package io.verstak.bench.load;

import java.nio.ByteBuffer;

/** Logins with the right password: each is hashed, or refused because too many are. One thread uses it. */
public final class LoginRequests implements Requests {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final Template template;
    private long signedIn;
    private long refused;

    public LoginRequests(String username, String password) {
        template = Template.post("/api/v1/auth/login")
                .text("{\"username\":\"" + username + "\",\"password\":\"" + password + "\"}")
                .build();
    }

    @Override
    public int longest() {
        return template.length();
    }

    @Override
    public void next(int connection, ByteBuffer out) {
        template.writeTo(out);
    }

    @Override
    public boolean expects(int status) {
        return status == OK || status == UNAVAILABLE;
    }

    @Override
    public boolean accepts(int connection, Answer answer) {
        boolean in = answer.status() == OK;
        signedIn += in ? 1 : 0;
        refused += in ? 0 : 1;
        return answer.bodyText().contains(in ? "\"token\"" : "\"unavailable\"");
    }

    public long signedIn() {
        return signedIn;
    }

    public long refused() {
        return refused;
    }
}
