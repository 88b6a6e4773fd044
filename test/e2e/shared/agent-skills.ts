// The agent's own skills, on whichever home: made by a person, kept by the home, mirrored, and back where their files are gone.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { newest, systemOf } from '../harness/requests.ts';
import { toolResult } from '../harness/results.ts';
import type { Opened } from '../harness/with-vscode.ts';
import type { FileSteps } from './memory-files.ts';

const WAIT = 45_000;

export class SkillSteps {
  private readonly opened: Opened;
  private readonly files: FileSteps;

  /** @param files of the same window: `letta.memory.mirror` is set there */
  constructor(opened: Opened, files: FileSteps) {
    this.opened = opened;
    this.files = files;
  }

  row = (name: string) => this.opened.window().letta.skills.filter({ hasText: name }).filter({ hasText: 'this agent' });

  /** In the mirror. */
  file = async (name: string): Promise<string> => join(await this.files.folder(), 'skills', name, 'SKILL.md');

  /** Where VS Code keeps what the extension stores. */
  private get local(): string {
    return join(this.opened.vscode().folder, 'data', 'data', 'User', 'globalStorage', 'letta-vscode.letta-vscode');
  }

  /** A person makes it in the panel. */
  async make(name: string, description: string): Promise<void> {
    const { editor, letta, quick } = this.opened.window();
    await letta.panel('Skills');
    await letta.button('New skill').click();
    await quick.answer(name, /lower case, digits/);
    await quick.answer(description, /What it does and when to use it/);
    await quick.prompt('Who should have it?').waitFor({ timeout: WAIT });
    await quick.widget.locator('.monaco-list-row', { hasText: 'This agent' }).first().click();
    await editor.activeTab.filter({ hasText: 'SKILL.md' }).waitFor({ timeout: WAIT });
    await expect.poll(() => editor.text(), { timeout: WAIT }).toContain(`name: ${name}`);
    await editor.save();
    await this.row(name).waitFor({ timeout: WAIT });
  }

  /** Listed in what the model is told with a message. */
  async offered(name: string, description: string): Promise<void> {
    const { letta } = this.opened.window();
    const { model } = this.opened.vscode();
    await letta.panel('Chat');
    await letta.newThread();
    model.script(text('I can.'));
    await letta.ask(`Can you ${name}?`);
    const system = systemOf(newest(model));
    expect(system).toMatch(/<available_skills>/);
    for (const word of [name, description]) expect(system.split('<available_skills>').at(-1)).toContain(word);
    // It is in no memory block of the prompt.
    expect(system.split('<available_skills>')[0]).not.toContain(description);
  }

  /** As on a computer on which this agent never was. */
  async forgetFiles(): Promise<void> {
    const window = this.opened.window();
    const folder = join(this.local, 'agent-skills');
    expect(existsSync(folder)).toBe(true);
    await window.page.goto('about:blank');
    await expect.poll(() => this.opened.vscode().extensionHosts(), { timeout: WAIT }).toEqual([]);
    await rm(folder, { recursive: true });
    await window.load();
    await window.letta.open();
  }

  /** What the agent reads when it loads a skill. */
  async loaded(name: string): Promise<string> {
    const { letta } = this.opened.window();
    const { model } = this.opened.vscode();
    await letta.panel('Chat');
    const id = `call-${model.requests.length}`;
    model.script(toolCalls([{ name: 'Skill', args: { name }, id }]), text('Done.'));
    await letta.ask(`Do ${name}.`);
    return toolResult(newest(model), id);
  }

  /** Writes a SKILL.md into the mirror, as an editor does. */
  async put(name: string, body: string): Promise<string> {
    const path = await this.file(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `---\nname: ${name}\ndescription: How plants are watered.\n---\n\n${body}\n`);
    return path;
  }

  /** Resolves when the mirror holds it. */
  async mirrored(name: string, words: string): Promise<void> {
    const path = await this.file(name);
    await expect.poll(() => readFile(path, 'utf8').catch(() => ''), { timeout: WAIT }).toContain(words);
  }
}
