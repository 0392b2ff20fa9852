package io.verstak.server.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test of a server, or a class of them, that runs on SQLite and a folder only, and why. All others run on PostgreSQL and S3 as well:
 * the execution {@code on-postgresql} of the pom leaves this tag out.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Tag("one-engine")
public @interface OneEngine {
    /** Why another engine would show nothing, or cannot have this test. */
    String value();
}
