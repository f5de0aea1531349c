/** A health factor for people; null where nothing is owed. */
export const healthText = (factor: number | null): string =>
  factor === null ? 'no debt' : factor > 99 ? '>99' : factor.toFixed(3)
