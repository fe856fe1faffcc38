import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Where a workspace keeps what it derives from its files: `.tranche/`, never in version control. */
export interface Folder {
  readonly root: string
  readonly runs: string
  readonly logs: string
  readonly pointer: string
  readonly lock: string
  readonly spill: string
}

export function folderOf(workspaceDir: string): Folder {
  const root = join(workspaceDir, '.tranche')
  return {
    root,
    runs: join(root, 'runs'),
    logs: join(root, 'logs'),
    pointer: join(root, 'current.json'),
    lock: join(root, 'lock'),
    spill: join(root, 'spill'),
  }
}

export async function createFolder(workspaceDir: string): Promise<Folder> {
  const folder = folderOf(workspaceDir)
  for (const path of [folder.root, folder.runs, folder.logs])
    await mkdir(path, { recursive: true, mode: 0o750 })
  return folder
}

export interface RunFolder {
  readonly run: string
  readonly path: string
  readonly database: string
  readonly manifest: string
}

export function runFolderOf(folder: Folder, run: string): RunFolder {
  const path = join(folder.runs, run)
  return { run, path, database: join(path, 'run.duckdb'), manifest: join(path, 'manifest.json') }
}
