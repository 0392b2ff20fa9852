/**
 * The configuration: one self-validating record per section, and the loader that applies file, environment and flags
 * over the defaults.
 */
@NullMarked
package io.verstak.server.config;

import org.jspecify.annotations.NullMarked;
