/** Protocols that the command composes. Uniswap and Chainlink are always among them. */
export const VENUES = ['aave', 'morpho', 'perp', 'synthetix'] as const
export type VenueName = (typeof VENUES)[number]
