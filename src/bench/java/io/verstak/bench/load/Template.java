package io.verstak.bench.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * The bytes of a JSON request, encoded once, with slots of fixed width that are filled anew for each sending. Slots
 * come in the order in which they were added.
 */
public final class Template {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private final int[] slots;

    private Template(byte[] bytes, int[] slots) {
        this.bytes = bytes;
        this.slots = slots;
    }

    public static Builder post(String path) {
        return new Builder(path);
    }

    /**
     * A push.
     *
     * @param addOp adds one op, with the {@code client_sequence} that it gets
     */
    static Template push(int ops, ObjIntConsumer<Builder> addOp) {
        Builder push = post("/api/v1/sync/push").text("{\"device_id\":\"\",\"idempotency_key\":\"\",\"ops\":[");
        for (int op = 0; op < ops; op++) {
            push.text(op == 0 ? "" : ",");
            addOp.accept(push, op + 1);
        }
        return push.text("]}").build();
    }

    public int length() {
        return bytes.length;
    }

    /** Fills a slot with text of the slot's width. */
    public void put(int slot, byte[] text) {
        System.arraycopy(text, 0, bytes, slots[slot], text.length);
    }

    /** Fills a slot of {@link Builder#uuid} with 128 bits. */
    public void putUuid(int slot, long high, long low) {
        int at = slots[slot];
        at = putHex(at, high >>> 32, 8) + 1;
        at = putHex(at, high >>> 16, 4) + 1;
        at = putHex(at, high, 4) + 1;
        at = putHex(at, low >>> 48, 4) + 1;
        putHex(at, low, 12);
    }

    /** Fills a slot of {@link Builder#number}; JSON allows the blanks behind the digits. */
    public void putNumber(int slot, long value) {
        byte[] digits = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
        put(slot, digits);
        for (int at = digits.length; at < Builder.NUMBER_WIDTH; at++) {
            bytes[slots[slot] + at] = ' ';
        }
    }

    public void writeTo(ByteBuffer out) {
        out.put(bytes);
    }

    private int putHex(int from, long value, int digits) {
        long rest = value;
        for (int at = from + digits - 1; at >= from; at--) {
            bytes[at] = HEX[(int) (rest & 15)];
            rest >>>= 4;
        }
        return from + digits;
    }

    /** Puts a template together: first the head with its token, then the body. */
    public static final class Builder {
        private static final int NUMBER_WIDTH = 19;
        private static final int TOKEN_WIDTH = 64;

        private final String path;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final List<Integer> slots = new ArrayList<>();

        private Builder(String path) {
            this.path = path;
        }

        public Builder text(String text) {
            body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            return this;
        }

        public Builder uuid() {
            return slot("00000000-0000-0000-0000-000000000000");
        }

        /** A slot for words of the same width as this one. */
        Builder word(String blank) {
            return slot(blank);
        }

        public Builder number() {
            return slot("0" + " ".repeat(NUMBER_WIDTH - 1));
        }

        /** The template; slot 0 is the bearer token. */
        public Template build() {
            String beforeToken = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ";
            String afterToken = "\r\nContent-Type: application/json\r\nContent-Length: " + body.size() + "\r\n\r\n";
            int tokenAt = beforeToken.length();
            int bodyAt = tokenAt + TOKEN_WIDTH + afterToken.length();
            ByteArrayOutputStream all = new ByteArrayOutputStream(bodyAt + body.size());
            all.writeBytes((beforeToken + "0".repeat(TOKEN_WIDTH) + afterToken).getBytes(StandardCharsets.US_ASCII));
            all.writeBytes(body.toByteArray());
            List<Integer> places = new ArrayList<>(List.of(tokenAt));
            slots.forEach(at -> places.add(bodyAt + at));
            return new Template(
                    all.toByteArray(),
                    places.stream().mapToInt(Integer::intValue).toArray());
        }

        private Builder slot(String blank) {
            slots.add(body.size());
            return text(blank);
        }
    }
}
