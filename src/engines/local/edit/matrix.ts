/** 3 x 3 matrices as nine numbers, row by row. */
export type Matrix = readonly number[]

export function multiply(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 9 }, (_, at) => {
    const [row, column] = [Math.floor(at / 3), at % 3]
    return [0, 1, 2].reduce((sum, k) => sum + (a[row * 3 + k] ?? 0) * (b[k * 3 + column] ?? 0), 0)
  })
}

/** A function of a symmetric matrix by its eigenvalues, which are taken as at least `least`. */
export function mapSymmetric(matrix: Matrix, change: (eigenvalue: number) => number, least = 1e-12): Matrix {
  const { values, vectors } = eigen(matrix)
  return Array.from({ length: 9 }, (_, at) => {
    const [row, column] = [Math.floor(at / 3), at % 3]
    return [0, 1, 2].reduce(
      (sum, k) =>
        sum +
        (vectors[row * 3 + k] ?? 0) *
          change(Math.max(least, values[k] ?? 0)) *
          (vectors[column * 3 + k] ?? 0),
      0,
    )
  })
}

const SWEEPS = 24
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const

/** Eigenvalues and unit eigenvectors (in columns) of a symmetric matrix by Jacobi rotations. */
function eigen(matrix: Matrix): { values: readonly number[]; vectors: Matrix } {
  let current = matrix
  let vectors: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1]
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const [p, q] of PAIRS) {
      const turn = rotation(current, p, q)
      current = multiply(multiply(transpose(turn), current), turn)
      vectors = multiply(vectors, turn)
    }
  }
  return { values: [current[0] ?? 0, current[4] ?? 0, current[8] ?? 0], vectors }
}

function transpose(matrix: Matrix): Matrix {
  return matrix.map((_, at) => matrix[(at % 3) * 3 + Math.floor(at / 3)] ?? 0)
}

/** The rotation in the plane p, q that makes that element vanish. */
function rotation(matrix: Matrix, p: number, q: number): Matrix {
  const angle =
    0.5 * Math.atan2(2 * (matrix[p * 3 + q] ?? 0), (matrix[q * 3 + q] ?? 0) - (matrix[p * 3 + p] ?? 0))
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const turn = [1, 0, 0, 0, 1, 0, 0, 0, 1]
  turn[p * 3 + p] = cos
  turn[q * 3 + q] = cos
  turn[p * 3 + q] = sin
  turn[q * 3 + p] = -sin
  return turn
}
