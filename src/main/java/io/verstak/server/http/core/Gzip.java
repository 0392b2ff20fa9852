package io.verstak.server.http.core;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses answers of text. Vert.x's own compression would cover all answers, and keep blobs from {@code sendfile}. */
public final class Gzip {
    /** A shorter answer fits into one packet: compressing it would only cost time. */
    private static final int WORTHWHILE_BYTES = 1 << 10;

    /** Compressing a longer answer would block the event loop for too long. */
    private static final int LARGE_BYTES = 64 << 10;

    /** The head of a gzip member without a name, a time or a system (RFC 1952, section 2.3). */
    private static final byte[] HEAD = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    /** The weight of a coding that is not accepted. */
    private static final Pattern NOTHING = Pattern.compile("[qQ]=0(\\.0{0,3})?");

    /** One for each event loop: creating one takes ten times as long as compressing a short answer. */
    private static final ThreadLocal<Deflater> OF_LOOP = ThreadLocal.withInitial(Gzip::deflater);

    private Gzip() {}

    /** Ends the response with a body, compressed if the client takes that. */
    public static void end(RoutingContext context, Buffer body) {
        HttpServerResponse response = context.response();
        response.putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        if (body.length() < WORTHWHILE_BYTES || !accepted(context.request().headers())) {
            response.end(body);
        } else if (body.length() <= LARGE_BYTES) {
            endCompressed(response, compress(body, OF_LOOP.get()));
        } else {
            Vertx vertx = context.vertx();
            vertx.executeBlocking(() -> compressLarge(body), false)
                    .onSuccess(compressed -> endCompressed(response, compressed))
                    .onFailure(context::fail);
        }
    }

    private static void endCompressed(HttpServerResponse response, Buffer compressed) {
        response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip").end(compressed);
    }

    /** Returns whether {@code Accept-Encoding} names gzip, or everything, without a weight of zero (RFC 9110, section 12.5.3). */
    public static boolean accepted(MultiMap request) {
        List<String> lines = request.getAll(HttpHeaders.ACCEPT_ENCODING);
        return accepted(lines.size() == 1 ? lines.get(0) : String.join(",", lines));
    }

    private static boolean accepted(String acceptEncoding) {
        boolean any = false;
        for (String element : acceptEncoding.split(",", -1)) {
            String[] parts = element.strip().split(";", 2);
            boolean refused =
                    parts.length == 2 && NOTHING.matcher(parts[1].strip()).matches();
            String coding = parts[0].strip();
            if (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip")) {
                return !refused;
            }
            any |= coding.equals("*") && !refused;
        }
        return any;
    }

    private static Buffer compressLarge(Buffer body) {
        Deflater deflater = deflater();
        try {
            return compress(body, deflater);
        } finally {
            deflater.end();
        }
    }

    private static Buffer compress(Buffer body, Deflater deflater) {
        byte[] plain = body.getBytes();
        byte[] piece = new byte[Math.max(128, plain.length / 4)];
        Buffer member = Buffer.buffer(HEAD);
        deflater.reset();
        deflater.setInput(plain);
        deflater.finish();
        while (!deflater.finished()) {
            member.appendBytes(piece, 0, deflater.deflate(piece));
        }
        CRC32 check = new CRC32();
        check.update(plain);
        return member.appendIntLE((int) check.getValue()).appendIntLE(plain.length);
    }

    /** Favours speed over size. */
    private static Deflater deflater() {
        return new Deflater(Deflater.BEST_SPEED, true);
    }
}
