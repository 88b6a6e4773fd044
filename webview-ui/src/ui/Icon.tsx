// A codicon. Decoration only: what it means is always said in words beside it.

/** Code points of the codicon font that we draw; the CSS has no class for the other six hundred. */
const GLYPHS = {
  add: '\uea60',
  archive: '\uea98',
  'arrow-down': '\uea9a',
  'arrow-up': '\ueaa1',
  'arrow-right': '\uea9c',
  attach: '\uec34',
  book: '\ueaa4',
  bookmark: '\ueaa5',
  check: '\ueab2',
  checklist: '\ueab3',
  'chevron-down': '\ueab4',
  'chevron-right': '\ueab6',
  'circle-large': '\uebb5',
  'circle-slash': '\ueabd',
  close: '\uea76',
  'comment-discussion': '\ueac7',
  copy: '\uebcc',
  'debug-stop': '\uead7',
  'diff-added': '\ueadc',
  discard: '\ueae2',
  edit: '\uea73',
  error: '\uea87',
  eye: '\uea70',
  'eye-closed': '\ueae7',
  file: '\uea7b',
  filter: '\ueaf1',
  gear: '\ueaf8',
  'cloud-download': '\ueac2',
  export: '\uebac',
  'git-compare': '\ueafd',
  history: '\uea82',
  inbox: '\ueb09',
  info: '\uea74',
  insert: '\uec11',
  library: '\ueb9c',
  link: '\ueb15',
  loading: '\ueb19',
  lock: '\uea75',
  organization: '\uea7e',
  person: '\uea67',
  pin: '\ueb2b',
  pinned: '\ueba0',
  plug: '\ueb2d',
  question: '\ueb32',
  references: '\ueb36',
  refresh: '\ueb37',
  'repo-forked': '\uea63',
  robot: '\uec20',
  search: '\uea6d',
  send: '\uec0f',
  shield: '\ueb53',
  terminal: '\uea85',
  thinking: '\uec59',
  tools: '\ueb6d',
  trash: '\uea81',
  unverified: '\ueb76',
  vm: '\uea7a',
  warning: '\uea6c',
  watch: '\ueb7c',
} as const;

export type IconName = keyof typeof GLYPHS;

export function Icon({ name, className }: { name: IconName; className?: string }) {
  const spin = name === 'loading' ? ' spin' : '';
  return (
    <span className={`icon${spin}${className ? ` ${className}` : ''}`} aria-hidden="true">
      {GLYPHS[name]}
    </span>
  );
}
