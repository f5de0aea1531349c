import { price } from '@plimsoll/domain'
import { createSimulatedChain, createSimulatedOracle, priceSourceSuite } from '../src/index.ts'

priceSourceSuite({
  name: 'simulated',
  create: async () => {
    const chain = createSimulatedChain()
    const one = price(10n ** 18n)
    const source = createSimulatedOracle({
      chain,
      prices: new Map([
        ['ETH', one],
        ['USDC', one],
      ]),
    })
    return {
      source,
      step: 1n,
      grace: 0,
      latest: () => chain.latest(),
      publish: async (asset, at) => source.publish(asset, at),
      mine: async (seconds) => chain.mine(seconds),
      async checkpoint() {
        const restore = chain.checkpoint()
        return async () => restore()
      },
      close: async () => {},
    }
  },
})
