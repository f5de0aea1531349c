import { type Price, price, type Token } from '@plimsoll/domain'
import fc from 'fast-check'

/** A price between $0.0001 and $1,000,000 on a feed of 8 decimals. */
export const feedPrice: fc.Arbitrary<Price> = fc
  .bigInt({ min: 10_000n, max: 10n ** 14n })
  .map((answer) => price(answer * 10n ** 10n))

/** An amount of up to a billion whole tokens. [token decimals] */
export const rawOf = (of: Pick<Token, 'decimals'>): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: 0n, max: 10n ** BigInt(of.decimals + 9) })
