import {
  type Address,
  bps,
  type CollateralLeg,
  type DebtLeg,
  type Price,
  price,
  ray,
  type Token,
  valueDown,
  valueUp,
  type Wad,
  wad,
  wadFromBps,
} from '@plimsoll/domain'
import fc from 'fast-check'

/** Any account or contract but the zero address. */
export const address: fc.Arbitrary<Address> = fc
  .bigInt({ min: 1n, max: 2n ** 160n - 1n })
  .map((value) => `0x${value.toString(16).padStart(40, '0')}` as const)

/** A token of 0 to 18 decimals with an asset of its own. */
export const token: fc.Arbitrary<Token> = fc
  .record({
    address,
    decimals: fc.integer({ min: 0, max: 18 }),
    letter: fc.integer({ min: 65, max: 90 }),
  })
  .map((p) => {
    const asset = `${String.fromCharCode(p.letter)}${p.address.slice(-4)}`
    return { chainId: 1, address: p.address, symbol: `W${asset}`, decimals: p.decimals, asset }
  })

/** A price between $0.0001 and $1,000,000 on a feed of 8 decimals. */
export const feedPrice: fc.Arbitrary<Price> = fc
  .bigInt({ min: 10_000n, max: 10n ** 14n })
  .map((answer) => price(answer * 10n ** 10n))

/** An amount of up to a billion whole tokens. [token decimals] */
export const rawOf = (of: Token): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: 0n, max: 10n ** BigInt(of.decimals + 9) })

/** A ratio in whole basis points, both ends included. [WAD] */
export const wadOfBps = (min: bigint, max: bigint): fc.Arbitrary<Wad> =>
  fc.bigInt({ min, max }).map((value) => wadFromBps(bps(value)))

/** Collateral whose `maxLtv` is not above its `liquidationThreshold`. */
export const collateralLeg: fc.Arbitrary<CollateralLeg> = token.chain((of) =>
  fc
    .record({
      raw: rawOf(of),
      at: feedPrice,
      liquidationThreshold: wadOfBps(100n, 9_500n),
      haircut: fc.bigInt({ min: 0n, max: 100n }),
      bonus: wadOfBps(0n, 1_500n),
    })
    .map((p) => ({
      token: of,
      raw: p.raw,
      oraclePrice: p.at,
      value: valueDown(p.raw, of.decimals, p.at),
      liquidationThreshold: p.liquidationThreshold,
      maxLtv: wad(p.liquidationThreshold - wadFromBps(bps(p.haircut))),
      liquidationBonus: p.bonus,
      supplyRate: ray(0n),
    })),
)

/** Debt of one token. */
export const debtLeg: fc.Arbitrary<DebtLeg> = token.chain((of) =>
  fc.record({ raw: rawOf(of), at: feedPrice }).map((p) => ({
    token: of,
    raw: p.raw,
    oraclePrice: p.at,
    value: valueUp(p.raw, of.decimals, p.at),
    borrowRate: ray(0n),
  })),
)
