package io.verstak.server.history;

/** Mistakes that a server could have, each of which loses or invents something. */
enum Fault {
    /** Retried ops are stored again. */
    NO_DEDUPLICATION,
    /** A retry is answered with numbers that the ops would get today. */
    RETRY_NAMES_ANOTHER_NUMBER,
    /** Numbers come from a database SEQUENCE: given before the commit, in another order than commits. */
    NUMBERS_FROM_A_SEQUENCE,
    /** A power cut takes what was committed last: {@code synchronous=OFF}. */
    COMMIT_NOT_FORCED,
    /** A power cut takes the name of a finished file: the directory was not forced. */
    DIRECTORY_NOT_FORCED,
    /** The answer goes out while the commit is still under way. */
    ANSWER_BEFORE_COMMIT,
    /** The page is read first and the head later. */
    PAGE_AND_HEAD_FROM_TWO_SNAPSHOTS,
    /** Reads go to a copy that lags behind. */
    READ_FROM_A_LAGGING_COPY,
    /** A push that is refused leaves the ops before the refused one. */
    REFUSED_PUSH_HALF_STORED,
    /** After a crash the counter stands one too low, and a number is given again. */
    COUNTER_FALLS_BACK,
    /** Old ops on an entity are thrown away once there is a newer one. */
    LOG_IS_COMPACTED,
    /** An op is missing from a page. */
    PAGE_LEAVES_AN_OP_OUT,
    /** The payload is decoded and encoded anew. */
    PAYLOAD_ENCODED_ANEW,
    /** An op of one scope shows in another. */
    SCOPES_MIXED,
    /** The device's own ops are told as conflicts. */
    CONFLICTS_WITH_ITSELF,
    /** A retry is told conflicts with ops above its own. */
    RETRY_TELLS_MORE_CONFLICTS,
    /** An op is stored under the device that wrote last. */
    WRONG_DEVICE,
    /** A blob may be referred to before its bytes are there. */
    REFERENCE_WITHOUT_BLOB
}
