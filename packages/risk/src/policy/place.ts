/** ln health at the top of the grid for a target: beyond it nothing is worth telling apart. */
export function topOf(targetLnHealth: number): number {
  return targetLnHealth + Math.min(0.8, Math.max(0.35, 1.2 * targetLnHealth))
}

/**
 * Place of a ln health between liquidation (0), target (1) and the top of the grid (2).
 *
 * Cells of different targets are alike in it, so it is what is interpolated between them. Goes on linearly outside.
 */
export function placeOf(lnHealth: number, targetLnHealth: number): number {
  return lnHealth <= targetLnHealth
    ? lnHealth / targetLnHealth
    : 1 + (lnHealth - targetLnHealth) / (topOf(targetLnHealth) - targetLnHealth)
}

/** ln health of a {@link placeOf}. */
export function lnHealthAtPlace(place: number, targetLnHealth: number): number {
  return place <= 1
    ? place * targetLnHealth
    : targetLnHealth + (place - 1) * (topOf(targetLnHealth) - targetLnHealth)
}
