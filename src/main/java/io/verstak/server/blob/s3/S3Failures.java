package io.verstak.server.blob.s3;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What the failures of a bucket mean. */
final class S3Failures {
    private static final Logger LOG = LoggerFactory.getLogger(S3Failures.class);
    private static final int NOT_FOUND = 404;
    private static final int NO_ROOM = 507;

    /** What products answer when their disks or a quota are full. */
    private static final Set<String> FULL = Set.of("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage");

    private S3Failures() {}

    /** Returns whether an object is said to be missing. A bucket that is missing has another code, if it can have one. */
    static boolean isMissing(Throwable failure) {
        return failure instanceof AwsServiceException refused
                && refused.statusCode() == NOT_FOUND
                && !code(refused).equals("NoSuchBucket");
    }

    /** Returns whether the parts of an upload are said to be missing: they were aborted, or have become an object. */
    static boolean isWithoutParts(Throwable failure) {
        return failure instanceof AwsServiceException refused && code(refused).equals("NoSuchUpload");
    }

    /** Returns the code of the protocol; empty if there is none, as in an answer without a body. */
    static String code(AwsServiceException refused) {
        AwsErrorDetails details = refused.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    /** Returns the refusal for an upload that the bucket did not store; a refusal of our own stays as it is. */
    static ServerException ofWrite(Throwable failure) {
        if (failure instanceof ServerException refusal) {
            return refusal;
        }
        boolean full = failure instanceof AwsServiceException refused
                && (refused.statusCode() == NO_ROOM || FULL.contains(code(refused)));
        LOG.error("an upload cannot be stored: {}", full ? "the bucket is full" : text(failure));
        return new ServerException(full ? ErrorCode.STORAGE_FULL : ErrorCode.UNAVAILABLE);
    }

    /** Returns the refusal for a blob that cannot be read. */
    static ServerException ofRead(Throwable failure) {
        if (failure instanceof ServerException refusal) {
            return refusal;
        }
        LOG.warn("a blob cannot be read: {}", text(failure));
        return new ServerException(ErrorCode.BLOB_UNAVAILABLE);
    }

    /** Returns a failure in one line. */
    static String text(Throwable failure) {
        if (failure instanceof AwsServiceException refused) {
            String code = code(refused);
            return code.isEmpty() ? "status " + refused.statusCode() : code + " (" + refused.statusCode() + ")";
        }
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    /** Returns what a person can do about a failure at the start, in one line. */
    static String reason(Throwable failure) {
        if (!(failure instanceof AwsServiceException refused)) {
            return "it cannot be reached: " + text(failure);
        }
        return switch (code(refused)) {
            case "NoSuchBucket" -> "there is no such bucket";
            case "InvalidAccessKeyId" -> "objects.accessKeyFile has a key that is not known there";
            case "SignatureDoesNotMatch" -> "objects.secretKeyFile is not the secret of objects.accessKeyFile";
            case "AccessDenied" -> "objects.accessKeyFile may not put, get and delete objects there";
            default -> text(failure);
        };
    }
}
