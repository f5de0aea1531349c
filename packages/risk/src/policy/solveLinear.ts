/**
 * Solves `A·x = b` for several right-hand sides at once, in place.
 *
 * Gaussian elimination without pivoting: exact enough for the diagonally dominant matrices of Markov chains, for which it
 * is meant. Zeros below the diagonal, and those that end a row, cost nothing: order the states so that neighbours meet.
 *
 * @param matrix - `size × size`, row by row. Overwritten.
 * @param sides - right-hand sides, overwritten by the solutions.
 */
export function solveLinear(
  matrix: Float64Array,
  size: number,
  sides: readonly Float64Array[],
): void {
  const ends = new Int32Array(size) // one past the last element of each row that is not zero
  for (let row = 0; row < size; row++) {
    let end = size
    while (end > 0 && at(matrix, row * size + end - 1) === 0) end--
    ends[row] = end
  }
  for (let pivot = 0; pivot < size; pivot++) {
    const from = pivot * size
    const end = ends[pivot] as number
    const inverse = 1 / at(matrix, from + pivot)
    for (let row = pivot + 1; row < size; row++) {
      const to = row * size
      const below = at(matrix, to + pivot)
      if (below === 0) continue
      const factor = below * inverse
      if (end > (ends[row] as number)) ends[row] = end
      for (let column = pivot + 1; column < end; column++)
        matrix[to + column] = at(matrix, to + column) - factor * at(matrix, from + column)
      for (const side of sides) side[row] = at(side, row) - factor * at(side, pivot)
    }
  }
  for (let row = size - 1; row >= 0; row--)
    for (const side of sides) {
      let sum = at(side, row)
      const end = ends[row] as number
      for (let column = row + 1; column < end; column++)
        sum -= at(matrix, row * size + column) * at(side, column)
      side[row] = sum / at(matrix, row * size + row)
    }
}

/** An element of a vector whose index is in range by construction. */
export function at(vector: Float64Array, index: number): number {
  return vector[index] as number
}
