type Tree = { [name: string]: unknown }

/** `{'a.b': 1}` as `{a: {b: 1}}`. Names come from our own tables, never from a caller. */
export function nest(flat: Readonly<Record<string, unknown>>): Tree {
  const tree: Tree = {}
  for (const [path, value] of Object.entries(flat)) {
    const names = path.split('.')
    const last = names.pop() ?? path
    let branch = tree
    for (const name of names) {
      const next = (branch[name] ?? {}) as Tree
      branch[name] = next
      branch = next
    }
    branch[last] = value
  }
  return tree
}
