/** Values that several packages share: records without Vert.x and without SQL. */
@NullMarked
package io.verstak.server.domain;

import org.jspecify.annotations.NullMarked;
