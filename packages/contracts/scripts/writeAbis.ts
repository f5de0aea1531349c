// Writes src/abis.ts from the compiler's own output. Run it after a change of a Solidity source.
import { writeFile } from 'node:fs/promises'
import { compileSources } from '../src/compileSources.ts'

const header = `// biome-ignore-all format: written by scripts/writeAbis.ts, one entry a line
// The ABIs of our own contracts. A test holds them equal to the compiler's.
`
const abis = Object.entries(await compileSources()).map(([contract, { abi }]) => {
  const name = `${contract.charAt(0).toLowerCase()}${contract.slice(1)}Abi`
  const entries = abi.map((entry) => `  ${JSON.stringify(entry)},\n`)
  return `\nexport const ${name} = [\n${entries.join('')}] as const\n`
})
await writeFile(new URL('../src/abis.ts', import.meta.url), header + abis.join(''))
