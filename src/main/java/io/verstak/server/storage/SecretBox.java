package io.verstak.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts values that must stay unreadable in a copy of the database alone: AES-256-GCM with a random nonce for each
 * text (NIST SP 800-38D), with the key in {@code secret.key} beside the database, or in a file that several nodes have. Safe for
 * any thread. Only the methods that read the key block.
 */
public final class SecretBox {
    private static final String VERSION = "v1.";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random;

    private SecretBox(byte[] key, SecureRandom random) {
        this.key = new SecretKeySpec(key, "AES");
        this.random = random;
    }

    /**
     * Reads the directory's key, or creates it. Blocks; for the start.
     *
     * @throws StorageException in one line for a person, when the file cannot be used
     */
    public static SecretBox open(DataDirectory directory, SecureRandom random) {
        Path file = directory.secretKey();
        try {
            if (!Files.exists(file)) {
                create(file, random);
            }
            byte[] key = Files.readAllBytes(file);
            if (key.length != KEY_BYTES) {
                throw new StorageException(
                        "%s: holds %s bytes and not a key of %s: put the one of the last backup there"
                                .formatted(file, key.length, KEY_BYTES));
            }
            return new SecretBox(key, random);
        } catch (IOException e) {
            throw new StorageException("%s: cannot be read or made: %s".formatted(file, PrivateFiles.reason(e)), e);
        }
    }

    /**
     * Reads a key that all nodes of a database have. A missing one is not made: each node would make its own. Blocks; for the start.
     *
     * @throws StorageException in one line for a person, when the file cannot be used
     */
    public static SecretBox open(Path keyFile, SecureRandom random) {
        try (InputStream in = Files.newInputStream(keyFile)) {
            byte[] key = in.readNBytes(KEY_BYTES + 1);
            if (key.length != KEY_BYTES) {
                throw new StorageException(
                        "%s: holds %s and not a key of %s bytes: copy the one of the other nodes, or make the"
                                        .formatted(
                                                keyFile,
                                                key.length > KEY_BYTES ? "more" : key.length + " bytes",
                                                KEY_BYTES)
                                + " first with 'head -c 32 /dev/urandom'");
            }
            return new SecretBox(key, random);
        } catch (NoSuchFileException missing) {
            throw new StorageException(
                    "%s: is missing: copy the key of the other nodes there (secrets.keyFile), or make the first with 'head -c 32 /dev/urandom'"
                            .formatted(keyFile),
                    missing);
        } catch (IOException e) {
            throw new StorageException("%s: cannot be read: %s".formatted(keyFile, PrivateFiles.reason(e)), e);
        }
    }

    /**
     * The key is complete and durable before it gets its name, since it must outlive everything it encrypts. A link,
     * unlike a rename, does not replace a key that another process has made meanwhile.
     */
    private static void create(Path file, SecureRandom random) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        Path unnamed = file.resolveSibling("secret.key." + HexFormat.of().toHexDigits(random.nextLong()));
        try (FileChannel channel = FileChannel.open(
                unnamed,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                DataDirectory.filePermissions())) {
            channel.write(ByteBuffer.wrap(key));
            channel.force(true);
        }
        PrivateFiles.adopt(unnamed);
        try {
            Files.createLink(file, unnamed);
        } catch (FileAlreadyExistsException madeMeanwhile) {
            // The key of the other process is used.
        } finally {
            Files.delete(unnamed);
        }
        PrivateFiles.force(file.resolveSibling("."));
    }

    /**
     * Encrypts a text.
     *
     * @param place where it will be stored; a sealed text cannot be opened for another place
     * @return ASCII
     */
    public String seal(String text, String place) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] both = ByteBuffer.allocate(nonce.length + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
            return VERSION + Base64.getUrlEncoder().withoutPadding().encodeToString(both);
        } catch (GeneralSecurityException e) {
            throw new LinkageError("every Java has AES-GCM", e);
        }
    }

    /** Returns the text sealed for this place; empty when another key sealed it or it was changed. */
    public Optional<String> open(String sealed, String place) {
        if (!sealed.startsWith(VERSION)) {
            return Optional.empty();
        }
        try {
            byte[] both = Base64.getUrlDecoder().decode(sealed.substring(VERSION.length()));
            if (both.length < NONCE_BYTES) {
                return Optional.empty();
            }
            byte[] nonce = Arrays.copyOf(both, NONCE_BYTES);
            byte[] text =
                    cipher(Cipher.DECRYPT_MODE, nonce, place).doFinal(both, NONCE_BYTES, both.length - NONCE_BYTES);
            return Optional.of(new String(text, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns a key of its own for another use, the same on every node: HMAC-SHA256 of the purpose.
     *
     * @param purpose such as {@code rate limits}
     * @return 32 bytes
     */
    public byte[] derive(String purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getEncoded(), "HmacSHA256"));
            return mac.doFinal(("key for " + purpose).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new LinkageError("every Java has HMAC-SHA256", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
