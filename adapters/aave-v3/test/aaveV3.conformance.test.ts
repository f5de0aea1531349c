import { lendingVenueSuite } from '@plimsoll/testkit'
import { domainIdOf } from '../src/index.ts'
import { startAave } from './aaveChain.ts'

lendingVenueSuite({
  name: 'aave-v3',
  create: async () => {
    const chain = await startAave()
    const { aave, tokens } = chain
    const [collateral, debt] = [tokens.WETH, tokens.USDC]
    return {
      ...chain,
      venue: aave,
      collateral,
      debt,
      collateralRaw: 10n ** 19n,
      dust: 2n,
      domainOf: (account) => domainIdOf(aave.config.pool, account),
      mine: (seconds) => chain.devnet.mine(seconds),
      liquidatable: async (account) =>
        (await chain.liquidationError({ account, collateral, debt })) === null,
    }
  },
})
