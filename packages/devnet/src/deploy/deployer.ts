import {
  type Abi,
  type Address,
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  type Hex,
} from 'viem'
import { link, loadArtifact } from '../artifacts.ts'
import type { DevnetClient } from '../client.ts'
import { DevnetTransactionError } from '../errors.ts'
import { sendTransaction } from '../sendTransaction.ts'

/** A contract on the chain. */
export interface Contract {
  readonly name: string
  readonly address: Address
  readonly abi: Abi
}

/** Puts contracts on the chain and configures them, one transaction after the other. */
export interface Deployer {
  readonly client: DevnetClient
  readonly account: Address
  /** Deploys a contract of ours, or one compiled here. */
  deploy(
    name: string,
    contract: { readonly abi: readonly unknown[]; readonly bytecode: Hex },
    args?: readonly unknown[],
    from?: Address,
  ): Promise<Contract>
  /** Deploys a contract from the bytecode of a protocol's package. */
  deployFrom(
    packageName: string,
    name: string,
    args?: readonly unknown[],
    options?: { readonly libraries?: Readonly<Record<string, Address>>; readonly from?: Address },
  ): Promise<Contract>
  /** A contract that another contract deployed, with the ABI of its package. */
  at(packageName: string, name: string, address: Address): Promise<Contract>
  send(
    contract: Contract,
    functionName: string,
    args?: readonly unknown[],
    from?: Address,
  ): Promise<void>
  read<T>(contract: Contract, functionName: string, args?: readonly unknown[]): Promise<T>
}

/** Creates a deployer that sends as `account` unless told otherwise. */
export function createDeployer(client: DevnetClient, account: Address): Deployer {
  const deployer: Deployer = {
    client,
    account,
    async deploy(name, { abi, bytecode }, args = [], from = account) {
      const data = encodeDeployData({ abi: abi as Abi, bytecode, args })
      const action = `deployment of ${name}`
      const { contractAddress } = await sendTransaction(client, { action, from, to: null, data })
      if (!contractAddress) throw new DevnetTransactionError({ action })
      return { name, address: getAddress(contractAddress), abi: abi as Abi }
    },
    async deployFrom(packageName, name, args = [], { libraries = {}, from = account } = {}) {
      const artifact = await loadArtifact(packageName, name)
      const bytecode = link(artifact, libraries)
      return deployer.deploy(name, { abi: artifact.abi, bytecode }, args, from)
    },
    async at(packageName, name, address) {
      return { name, address, abi: (await loadArtifact(packageName, name)).abi }
    },
    async send({ name, address, abi }, functionName, args = [], from = account) {
      const data = encodeFunctionData({ abi, functionName, args })
      await sendTransaction(client, { action: `${name}.${functionName}`, from, to: address, data })
    },
    read: <T>({ address, abi }: Contract, functionName: string, args: readonly unknown[] = []) =>
      client.readContract({ address, abi, functionName, args }) as Promise<T>,
  }
  return deployer
}
