import { type CompileOptions, compileContracts } from '@plimsoll/contracts'
import { type Address, RevertedError } from '@plimsoll/domain'
import type { LocalAccount } from 'viem'
import { deployContract } from 'viem/actions'
import type { ChainClient } from './createChainClient.ts'
import { loadExecutor } from './loadExecutor.ts'
import type { OwnExecutor } from './OwnExecutor.ts'

/**
 * Deploys an owner's own executor contract, once, when the owner is set up.
 *
 * Anyone may pay for it: whoever deploys has no rights in it. The signing policy of an agent never lets a contract be
 * created, so `deployer` is an account outside it.
 *
 * @returns It, its code compared with ours.
 * @throws {@link RevertedError} when the chain refused it.
 */
export async function deployExecutor(p: {
  readonly client: ChainClient
  readonly deployer: LocalAccount
  readonly owner: Address
  /** How our contracts are compiled, where the cache does not have them. */
  readonly compile?: CompileOptions
}): Promise<OwnExecutor> {
  const { client, deployer, owner } = p
  const { abi, bytecode } = (await compileContracts(p.compile)).FlashLoanExecutor
  const hash = await deployContract(client, {
    account: deployer,
    chain: client.chain,
    abi,
    bytecode,
    args: [owner],
  })
  const { status, contractAddress } = await client.waitForTransactionReceipt({ hash })
  if (status === 'reverted' || contractAddress == null)
    throw new RevertedError({ venue: 'The chain', reason: `no executor in transaction ${hash}` })
  return loadExecutor({ ...p, address: contractAddress })
}
