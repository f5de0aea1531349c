export * from './abis.ts'
export { type BuildOptions, buildOnce, writeWhole } from './buildOnce.ts'
export { type Artifacts, compileContracts } from './compileContracts.ts'
export {
  type ByteRange,
  type CompiledContract,
  compileSolidity,
  type SolidityJob,
} from './compileSolidity.ts'
export { CACHE_DIR, type CompileOptions } from './compileSources.ts'
export { CompilationError, UnknownContractError } from './errors.ts'
export { pruneCache } from './pruneCache.ts'
