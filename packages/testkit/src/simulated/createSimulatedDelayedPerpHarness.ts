import { type Address, type AssetId, type Call, price } from '@plimsoll/domain'
import type { SendOutcome } from '../LendingHarness.ts'
import type { PerpHarness } from '../PerpHarness.ts'
import { createSimulatedChain } from './createSimulatedChain.ts'
import { createSimulatedDelayedPerp } from './createSimulatedDelayedPerp.ts'
import { createSimulatedKeeper } from './createSimulatedKeeper.ts'
import { createSimulatedOracle } from './createSimulatedOracle.ts'
import { balanceOf, mint } from './Ledger.ts'
import { SIMULATED_SUSD, simulatedAccount } from './simulatedTokens.ts'

const ONE = 10n ** 18n
const BANK = 10n ** 27n
const VENUE = '0x00000000000000000000000000000000009e9001'

/** Creates the simulated delayed perp venue on a chain of its own, for the conformance suite. */
export function createSimulatedDelayedPerpHarness(): PerpHarness {
  const chain = createSimulatedChain()
  const prices = new Map([
    ['ETH', price(2_000n * ONE)],
    ['BTC', price(40_000n * ONE)],
  ])
  const oracle = createSimulatedOracle({ chain, prices })
  const markets = [
    { name: 'ETH-PERP', asset: 'ETH', scale: 100_000n * ONE, size: 2n * ONE },
    { name: 'BTC-PERP', asset: 'BTC', scale: 5_000n * ONE, size: ONE / 10n },
  ] as const
  const venue = createSimulatedDelayedPerp({
    ...{ chain, oracle, markets },
    address: VENUE,
    marginToken: SIMULATED_SUSD,
    terms: { keeperFee: 2n * ONE },
  })
  chain.write((storage) => mint(storage, SIMULATED_SUSD, VENUE, BANK))
  const someone = simulatedAccount(0)
  const keeper = createSimulatedKeeper({ chain, venue, account: someone })
  let accounts = 0
  let isWorking = true

  const movePrice = async (asset: AssetId, factor: number): Promise<void> => {
    const now = oracle.priceIn(chain.at(await chain.latest()), asset)
    oracle.publish(asset, price((now * BigInt(Math.round(factor * 1e12))) / 10n ** 12n))
  }
  /** Lets what was committed be fillable, at the prices of now. */
  const ripen = async (): Promise<void> => {
    chain.mine(Number(venue.terms.delay))
    for (const { asset } of markets) await movePrice(asset, 1)
  }
  const send = async (calls: readonly Call[], from: Address): Promise<SendOutcome> => {
    const outcome = chain.run(calls, from)
    if (outcome.type === 'reverted' || !isWorking) return outcome
    const positions = await venue.read(from, await chain.latest())
    if (positions.every(({ pending }) => pending === null)) return outcome
    await ripen()
    await keeper.run()
    return outcome
  }

  return {
    ...{ venue, markets, movePrice, send },
    marginToken: SIMULATED_SUSD,
    leverage: 5,
    keeper: {
      work(on) {
        isWorking = on
      },
      async fill(account, market) {
        await ripen()
        return chain.run([venue.fillTrade(account, market)], someone)
      },
    },
    domainOf: venue.domainOf,
    account: async () => simulatedAccount(++accounts),
    fund: async (account, raw) => chain.fund(account, SIMULATED_SUSD, raw),
    balance: async (account) => balanceOf(chain.at(await chain.latest()), SIMULATED_SUSD, account),
    latest: () => chain.latest(),
    async crowd(asset, side) {
      const market = markets.find((each) => each.asset === asset) ?? markets[0]
      const crowd = simulatedAccount(++accounts)
      chain.fund(crowd, SIMULATED_SUSD, BANK)
      const deadline = (await chain.latest()).timestamp + 60n
      const context = { owner: crowd, sender: crowd, deadline }
      const base = { venue: venue.id, domain: venue.domainOf(crowd, market.name) }
      const trade = {
        ...base,
        type: 'trade',
        market: market.name,
        asset,
        size: (side === 'long' ? 1n : -1n) * (market.scale / 1_000n),
        limit: side === 'long' ? 2n ** 200n : 1n,
        reduceOnly: false,
      } as const
      const supply = { ...base, type: 'supply', token: SIMULATED_SUSD, raw: BANK } as const
      await send([...venue.encode(supply, context), ...venue.encode(trade, context)], crowd)
    },
    mine: async (seconds) => chain.mine(seconds),
    async liquidatable(account, market) {
      const calls = [venue.liquidate(account, market)]
      return (await chain.simulate({ from: someone, calls })).type === 'succeeded'
    },
    async checkpoint() {
      const restore = chain.checkpoint()
      return async () => {
        isWorking = true
        restore()
      }
    },
    close: async () => {},
  }
}
