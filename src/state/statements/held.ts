/**
 * Where writers run side by side, a row that a script has read and is about to change must stay as it was read. The
 * engines have no common words for that: SQLite lets one writer in at a time and knows no such clause. So the clause is
 * written as a comment, and a driver that needs it takes it out of the comment.
 *
 * Order, so that no two scripts wait for each other: a script waits for the job that it is about first, then for the row
 * of its account. Whoever holds an account waits for no job: it takes those that are free (`HELD_IF_FREE`).
 */

/** Waits for the row, then keeps it until the end of the transaction. */
export const HELD = '/* FOR UPDATE */'
/** Passes over rows that somebody else keeps: they are being changed, and whoever does so looks after them. */
export const HELD_IF_FREE = '/* FOR UPDATE SKIP LOCKED */'
