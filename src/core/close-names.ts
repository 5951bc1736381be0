/** "Did you mean": the known names that a mistyped one most resembles. */

/** A third of the name may differ: `nanobanana-pro` finds `nano-banana-pro`, a wild guess finds nothing. */
const MAX_DISTANCE_SHARE = 1 / 3
/** Longer text is no name; comparing it would only cost time. */
const MAX_NAME_LENGTH = 100

/** Up to `limit` of the known names, nearest first; case does not count. */
export function closeNames(name: string, known: readonly string[], limit = 3): readonly string[] {
  if (name.length === 0 || name.length > MAX_NAME_LENGTH) return []
  const wanted = name.toLowerCase()
  return known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= candidate.length * MAX_DISTANCE_SHARE)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate)
}

/** Levenshtein distance: insertions, deletions and replacements, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
