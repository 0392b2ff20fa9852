package io.verstak.server.move;

/** Receives the progress of a move. Called often, by its thread. */
public interface MoveProgress {
    /** The next part begins, with this many steps; 0: their number is not known. */
    void part(String name, long steps);

    void advance(long steps);
}
