import { createWorld, openPortfolio, type PricePath, startDevnet } from '@plimsoll/devnet'
import {
  numberFromUsd,
  numberFromWad,
  price,
  priceFromNumber,
  sameAddress,
  WAD,
} from '@plimsoll/domain'
import { composeGuardian } from './composeGuardian.ts'

/** ETH falls by almost half in eight steps of five minutes. */
const PATH: PricePath = {
  name: 'a bad hour',
  frames: [2_000, 1_850, 1_700, 1_550, 1_400, 1_280, 1_160, 1_060].map((eth, i) => ({
    at: i * 300,
    prices: { ETH: priceFromNumber(eth), BTC: priceFromNumber(40_000), USDC: price(WAD) },
  })),
  gaps: [],
}

/** $100,000 owed against WETH, and 40,000 USDC at home. */
const LOAN = { debt: 100_000, healthFactor: 1.6, wbtcShare: 0 }
const RESERVE = 40_000_000000n

/** What became of the loan, and of the same loan without a guardian. */
export const outcome = await main()

async function main() {
  const devnet = await startDevnet({ onProgress: console.log })
  try {
    const { owner, twin } = devnet.accounts
    for (const { address } of [owner, twin]) {
      await openPortfolio(devnet, address, { aave: LOAN })
      await devnet.mint('USDC', address, RESERVE)
    }
    const { host, healthOf } = await composeGuardian(devnet, { floor: 1.2, target: 1.3 })
    await host.start()
    const watch = [owner.address, twin.address]
    const world = await createWorld(devnet, { path: PATH, seed: 1, watch })

    const guarded = { repayments: 0, liquidations: 0, health: await healthOf(owner.address) }
    const alone = { liquidations: 0, health: await healthOf(twin.address) }
    console.log('   ETH  guarded    alone')
    while (!world.done) {
      const { oraclePrices, liquidations } = await world.step() // the market, then its liquidators
      const { plan, orders, failures } = await host.tick() // the guardian's turn

      for (const { state, receipts } of orders)
        if (state === 'reconciled' && receipts.every(({ status }) => status === 'success'))
          guarded.repayments += 1
      for (const { account } of liquidations)
        (sameAddress(account, owner.address) ? guarded : alone).liquidations += 1
      guarded.health = await healthOf(owner.address)
      alone.health = await healthOf(twin.address)

      const eth = numberFromWad(oraclePrices.ETH).toFixed(0).padStart(6)
      const decided = plan?.why ?? `nothing: ${failures[0]?.reason}`
      console.log(eth, show(guarded.health), show(alone.health), '', decided)
      for (const { closedUsd, bonusUsd } of liquidations)
        console.log(
          `${' '.repeat(26)}alone: $${numberFromUsd(closedUsd)} liquidated, $${numberFromUsd(bonusUsd)} lost to it`,
        )
    }
    host.stop()
    return { guarded, alone }
  } finally {
    await devnet.stop()
  }
}

function show(health: number | null): string {
  return (health?.toFixed(3) ?? 'no debt').padStart(8)
}
