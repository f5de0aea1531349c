import {
  type Address,
  InvariantError,
  type LendingPosition,
  MAX_HEALTH_FACTOR,
  type MarginIntent,
  numberFromWad,
  type Prices,
  type Token,
  type Wad,
} from '@plimsoll/domain'
import { createPondVenue } from './createPondVenue.ts'
import { createPond, type PondReceipt } from './pond/createPond.ts'

const token = (digit: string, symbol: string, decimals: number, asset: string): Token => ({
  chainId: 31_337,
  address: `0x${digit.repeat(40)}`,
  symbol,
  decimals,
  asset,
})
const WETH = token('e', 'WETH', 18, 'ETH')
const USDC = token('c', 'USDC', 6, 'USDC')
const POND: Address = `0x${'d'.repeat(40)}`
const OWNER: Address = `0x${'a'.repeat(40)}`
/** USD per whole token. */
const PRICES: Prices = new Map([
  ['ETH', 2_000],
  ['USDC', 1],
])

/** What the adapter foretold of each step, and what the market then did. */
export const rows = await main()

async function main() {
  const pond = createPond(
    { address: POND, collateral: WETH, loan: USDC },
    { collateral: 2_000_00000000n, loan: 1_00000000n }, // as PRICES, in the market's own units
  )
  pond.mint(POND, USDC, 1_000_000_000000n)
  pond.mint(OWNER, WETH, 10_000000000000000000n)
  pond.mint(OWNER, USDC, 1_000000n) // the interest of a few seconds

  const venue = createPondVenue(pond)
  const read = async (): Promise<LendingPosition> => {
    const [position] = await venue.read(OWNER, await pond.latest())
    if (position === undefined) throw new InvariantError({ expected: 'a position', found: 'none' })
    return position
  }

  const rows = []
  for (const [type, of, raw] of [
    ['supply', WETH, 10_000000000000000000n],
    ['borrow', USDC, 12_000_000000n],
    ['borrow', USDC, 5_000_000000n], // more than three quarters of the collateral
    ['withdraw', WETH, 1_000000000000000000n],
    ['repay', USDC, 20_000_000000n], // more than is owed: the rest stays
  ] as const satisfies readonly (readonly [MarginIntent['type'], Token, bigint])[]) {
    const position = await read()
    const intent: MarginIntent = { type, venue: venue.id, domain: position.domain, token: of, raw }
    const quote = venue.quote(intent, position)

    const { timestamp } = await pond.latest()
    const calls = venue.encode(intent, { owner: OWNER, sender: OWNER, deadline: timestamp + 60n })
    let receipt: PondReceipt = { type: 'settled' }
    for (const call of calls) if (receipt.type === 'settled') receipt = await pond.send(call, OWNER)
    const refusal = receipt.type === 'reverted' ? venue.decodeRevert(receipt.data)?.reason : null

    const after = await read()
    rows.push({
      calls: calls.map(({ label }) => label).join(', '),
      quoted: quote.feasible ? show(quote.healthAfter) : quote.reason,
      found: refusal ?? show(after.healthFactor),
      'liquidated at': venue.liquidation(after).liquidationPrice('ETH', PRICES)?.toFixed(2) ?? '-',
    })
  }
  console.table(rows)
  return rows
}

/** Health as a person reads it. */
function show(health: Wad): string {
  return health === MAX_HEALTH_FACTOR ? 'no debt' : numberFromWad(health).toFixed(3)
}
