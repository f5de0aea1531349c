import { loadAaveV3 } from '@plimsoll/adapter-aave-v3'
import {
  createWorld,
  openPortfolio,
  type PricePath,
  startDevnet,
  syntheticCrash,
  tokensOf,
} from '@plimsoll/devnet'
import { equity, numberFromRaw, numberFromWad, sameAddress } from '@plimsoll/domain'
import { createChainClient, createChainHead, createSpotSource } from '@plimsoll/evm'
import { assembleFrame, type FrameSources } from '@plimsoll/kernel'
import {
  createEngines,
  createStaticThreshold,
  DEFAULT_ENGINES,
  DEFAULT_STATIC_THRESHOLD,
  type Routes,
} from '@plimsoll/risk'
import { composeKeeper } from './composeKeeper.ts'
import { createLadder } from './createLadder.ts'

/** Every fourth frame of the demo's crash: the same fall, in steps of twenty minutes. */
const CRASH = syntheticCrash({ seed: 7 })
const PATH: PricePath = { ...CRASH, frames: CRASH.frames.filter((_, i) => i % 4 === 0) }

/** $100,000 owed against WETH, and 30,000 USDC at home. */
const LOAN = { debt: 100_000, healthFactor: 1.6, wbtcShare: 0 }
const RESERVE = 30_000_000000n

/** The more an owner dares, the lower the rungs. */
const RUNGS = {
  conservative: [1.6, 1.4, 1.2],
  balanced: [1.4, 1.25, 1.1],
  aggressive: [1.25, 1.15, 1.05],
}

/** What became of three owners of the same loan in the same crash: one row each. */
export const rows = await main()

async function main() {
  const devnet = await startDevnet({ onProgress: console.log })
  try {
    const { rpcUrl, chainId, deployment, accounts } = devnet
    const client = await createChainClient({ rpcUrl, chainId, multicall3: deployment.multicall3 })
    const { WETH, USDC } = tokensOf(deployment)
    const aave = await loadAaveV3({ client, pool: deployment.aave.pool, tokens: [WETH, USDC] })
    const sources: FrameSources = {
      lending: [aave],
      perps: [],
      swaps: [],
      prices: [],
      spot: createSpotSource({ client, tokens: [USDC] }),
      quoteAssets: [USDC.asset, WETH.asset], // no exchange is watched: the oracle's word is enough
    }

    const routes: Routes = {
      swaps: [],
      flashLoan: null,
      reserve: [USDC.address],
      transfers: [],
      perps: [],
    }
    // The engine of major assets is ours by its name; all other classes keep what they have.
    const ladder = createEngines({
      config: {
        ...DEFAULT_ENGINES,
        engines: {
          ...DEFAULT_ENGINES.engines,
          major: { engine: 'ladder', tolerance: 'balanced' },
        },
      },
      routes,
      own: {
        ladder: ({ tolerance }) =>
          createLadder({ rungs: RUNGS[tolerance], budget: { token: USDC, raw: RESERVE } }),
      },
    })
    const threshold = createStaticThreshold({ config: DEFAULT_STATIC_THRESHOLD, routes })
    const keep = (owner: typeof accounts.owner, engine: typeof threshold, name: string) => ({
      owner,
      name,
      host: composeKeeper({ client, aave, sources, owner, engine }),
    })
    const sides = [
      keep(accounts.owner, ladder, 'ladder'),
      keep(accounts.twin, threshold, threshold.name),
      { owner: accounts.stranger, name: 'no agent', host: null },
    ].map((side) => ({
      ...side,
      repayments: 0,
      liquidations: 0,
      health: [] as number[],
      reserve: [] as number[],
    }))

    for (const { owner, host } of sides) {
      await openPortfolio(devnet, owner.address, { aave: LOAN })
      await devnet.mint('USDC', owner.address, RESERVE)
      await host?.start()
    }
    const watch = sides.map(({ owner }) => owner.address)
    const world = await createWorld(devnet, { path: PATH, seed: 7, watch })
    const head = createChainHead(client)
    const frameOf = async ({ owner }: (typeof sides)[number]) =>
      assembleFrame({ ...sources, head, owner: owner.address, block: await head.latest() })

    while (!world.done) {
      const { liquidations } = await world.step()
      for (const side of sides) {
        const { lending, portfolio } = await frameOf(side)
        for (const { healthFactor } of lending) side.health.push(numberFromWad(healthFactor))
        for (const { raw } of portfolio.spot) side.reserve.push(numberFromRaw(raw, USDC.decimals))
        side.liquidations += liquidations.filter(({ account }) =>
          sameAddress(account, side.owner.address),
        ).length
        const report = await side.host?.tick()
        side.repayments += report?.orders.filter(({ state }) => state === 'reconciled').length ?? 0
      }
    }

    const rows = []
    for (const side of sides) {
      const { portfolio, oraclePrices } = await frameOf(side)
      side.host?.stop()
      rows.push({
        engine: side.name,
        repayments: side.repayments,
        liquidations: side.liquidations,
        'lowest health': Number(Math.min(...side.health).toFixed(3)),
        'mean reserve': Math.round(side.reserve.reduce((a, b) => a + b) / side.reserve.length),
        equity: Math.round(equity(portfolio, oraclePrices)),
      })
    }
    console.table(rows)
    return rows
  } finally {
    await devnet.stop()
  }
}
