import type { Address } from '@plimsoll/domain'
import type { SimulatedChain } from './createSimulatedChain.ts'
import type { SimulatedDelayedPerp } from './createSimulatedDelayedPerp.ts'

/** Someone who fills the trades of others for the fee. */
export type SimulatedKeeper = {
  /** Whether it does anything at all. */
  work(on: boolean): void
  /** Fills everything that can be filled now, each trade in a block of its own. Returns how many. */
  run(): Promise<number>
}

/** Creates the keeper of a venue, at work. */
export function createSimulatedKeeper(p: {
  readonly chain: SimulatedChain
  readonly venue: SimulatedDelayedPerp
  readonly account: Address
}): SimulatedKeeper {
  const { chain, venue, account } = p
  let working = true
  return {
    work(on) {
      working = on
    },
    async run() {
      if (!working) return 0
      const { number } = await chain.latest()
      const committed = new Map(
        venue
          .events(0n, number)
          .filter(({ type }) => type === 'committed')
          .map((each) => [`${each.account}/${each.market}`, each]),
      )
      let filled = 0
      for (const { account: owner, market } of committed.values()) {
        const calls = [venue.fillTrade(owner, market)]
        const { type } = await chain.simulate({ from: account, calls })
        if (type === 'succeeded' && chain.run(calls, account).type === 'settled') filled += 1
      }
      return filled
    },
  }
}
