import type { Address, DomainId, Token, VenueId } from '@plimsoll/domain'

/** One listed token and the contracts that keep its balances. */
export type AaveReserve = {
  readonly token: Token
  /** Place in the pool's list, which accounts' usage bits are ordered by. */
  readonly id: number
  readonly aToken: Address
  readonly stableDebtToken: Address
  readonly variableDebtToken: Address
}

/** What does not change between blocks: read once by `loadAaveV3`. */
export type AaveV3Config = {
  readonly chainId: number
  readonly pool: Address
  readonly addressesProvider: Address
  readonly oracle: Address
  readonly reserves: readonly AaveReserve[]
  /** Fee of a flash loan. [bps] */
  readonly flashLoanPremium: bigint
}

/** Aave's code for variable-rate debt, the only kind taken here. */
export const VARIABLE_RATE = 2n

export const venueIdOf = (pool: Address): VenueId => `aave-v3:${pool.toLowerCase()}`

/** The margin domain of an account: Aave liquidates an account as a whole. */
export const domainIdOf = (pool: Address, account: Address): DomainId =>
  `${venueIdOf(pool)}/${account.toLowerCase()}`
