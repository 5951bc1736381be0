/** Delaunay triangulation by insertion (Bowyer 1981; Watson 1981). */

export type Point = { x: number; y: number }
/** Three indices into the points. */
export type Triangle = readonly [number, number, number]

type Circle = { corners: Triangle; x: number; y: number; squared: number }

/**
 * Triangles over all points. Points are inserted from left to right, so that finished triangles leave the list
 * and a few thousand points take a fraction of a second.
 */
export function triangulate(points: readonly Point[]): Triangle[] {
  const all = [...points, ...outerPoints(points)]
  const count = points.length
  const order = points.map((_, index) => index).sort((i, j) => (all[i]?.x ?? 0) - (all[j]?.x ?? 0))
  let open = [circleOf([count, count + 1, count + 2], all)]
  const done: Circle[] = []
  for (const index of order) {
    const point = all[index]
    if (point === undefined) continue
    const rim = new Map<string, readonly [number, number]>()
    open = open.filter((circle) => {
      const dx = point.x - circle.x
      const dy = point.y - circle.y
      if (dx > 0 && dx * dx > circle.squared) return done.push(circle) < 0
      if (dx * dx + dy * dy > circle.squared) return true
      for (const edge of edgesOfTriangle(circle.corners)) toggle(rim, edge)
      return false
    })
    for (const [from, to] of rim.values()) open.push(circleOf([from, to, index], all))
  }
  return [...done, ...open]
    .map((circle) => circle.corners)
    .filter((corners) => corners.every((corner) => corner < count))
}

function edgesOfTriangle([a, b, c]: Triangle): (readonly [number, number])[] {
  return [
    [a, b],
    [b, c],
    [c, a],
  ]
}

/** An edge met twice is inside the hole and goes; one met once is on its rim. */
function toggle(rim: Map<string, readonly [number, number]>, [from, to]: readonly [number, number]): void {
  const key = from < to ? `${from},${to}` : `${to},${from}`
  if (!rim.delete(key)) rim.set(key, [from, to])
}

function circleOf(corners: Triangle, points: readonly Point[]): Circle {
  const [a, b, c] = corners.map((corner) => points[corner] ?? { x: 0, y: 0 })
  if (a === undefined || b === undefined || c === undefined) return { corners, x: 0, y: 0, squared: 0 }
  const [bx, by, cx, cy] = [b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y]
  const area = 2 * (bx * cy - by * cx)
  // Three points on a line: a circle that takes everything, so that the sliver goes with the next point.
  if (Math.abs(area) < 1e-9) return { corners, x: a.x, y: a.y, squared: Infinity }
  const x = (cy * (bx * bx + by * by) - by * (cx * cx + cy * cy)) / area
  const y = (bx * (cx * cx + cy * cy) - cx * (bx * bx + by * by)) / area
  return { corners, x: a.x + x, y: a.y + y, squared: x * x + y * y }
}

/** A triangle far around everything. */
function outerPoints(points: readonly Point[]): Point[] {
  const reach = 20 * (1 + points.reduce((most, { x, y }) => Math.max(most, Math.abs(x), Math.abs(y)), 0))
  return [
    { x: -reach, y: -reach },
    { x: reach, y: -reach },
    { x: 0, y: reach },
  ]
}
