/** A 20-byte account or contract. */
export type Address = `0x${string}`
/** Bytes as hexadecimal text. */
export type Hex = `0x${string}`

/** Economic asset that carries a price of its own: `ETH`, `BTC`, `USDC`. */
export type AssetId = string

/** An ERC-20 on one chain. */
export type Token = {
  readonly chainId: number
  readonly address: Address
  readonly symbol: string
  readonly decimals: number
  /** Asset whose price the token follows: WETH → ETH. */
  readonly asset: AssetId
}

/** A raw amount beside its token. */
export type Amount = {
  readonly token: Token
  /** [token decimals] */
  readonly raw: bigint
}

/** A venue instance: `aave-v3:0x…`. */
export type VenueId = string
/** A margin domain: liquidated on its own, whatever happens elsewhere. `aave-v3:0x…/0xowner`. */
export type DomainId = string

/** True when two addresses are the same account, whatever their letter case. */
export const sameAddress = (a: Address, b: Address): boolean => a.toLowerCase() === b.toLowerCase()
