import {
  awkwardTokenAbi,
  contractOwnerAbi,
  feedRatioOracleAbi,
  flashLoanExecutorAbi,
  kinkedRateModelAbi,
  multicallAbi,
  priceFeedAbi,
  rogueLenderAbi,
  signedPricesAbi,
  synthetixStandInAbi,
  testTokenAbi,
} from './abis.ts'
import { type CompileOptions, compileSources } from './compileSources.ts'
import { UnknownContractError } from './errors.ts'

/** Our own contracts, each with its typed ABI, the bytecode to deploy it from and the code it then has. */
export type Artifacts = Awaited<ReturnType<typeof compileContracts>>

/**
 * Compiles our own contracts, or takes them from the cache when no source has changed.
 *
 * @throws {@link CompilationError} when a source has an error.
 */
export async function compileContracts(options: CompileOptions = {}) {
  const compiled = await compileSources(options)
  const artifact = <const abi>(contract: string, abi: abi) => {
    const found = compiled[contract]
    if (found === undefined)
      throw new UnknownContractError({ contract, known: Object.keys(compiled) })
    return { ...found, abi }
  }
  return {
    TestToken: artifact('TestToken', testTokenAbi),
    PriceFeed: artifact('PriceFeed', priceFeedAbi),
    FeedRatioOracle: artifact('FeedRatioOracle', feedRatioOracleAbi),
    KinkedRateModel: artifact('KinkedRateModel', kinkedRateModelAbi),
    FlashLoanExecutor: artifact('FlashLoanExecutor', flashLoanExecutorAbi),
    Multicall: artifact('Multicall', multicallAbi),
    SignedPrices: artifact('SignedPrices', signedPricesAbi),
    AwkwardToken: artifact('AwkwardToken', awkwardTokenAbi),
    RogueLender: artifact('RogueLender', rogueLenderAbi),
    ContractOwner: artifact('ContractOwner', contractOwnerAbi),
    SynthetixStandIn: artifact('SynthetixStandIn', synthetixStandInAbi),
  }
}
