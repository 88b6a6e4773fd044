// A labelled repository written before the rules had run on it: a Unity game with a packing tool in Python and a score server in Go.
import type { Labelled } from './hygiene-repo.ts';

export const RAMPART: Readonly<Record<string, string>> = {
  '.editorconfig':
    'root = true\n\n[*.cs]\nindent_size = 4\ncsharp_style_namespace_declarations = block_scoped:warning\ndotnet_naming_rule.private_fields.style = camel_case\n\n[*.go]\nindent_style = tab\n',
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/refs/heads/main': '6666666666666666666666666666666666666666\n',
  '.gitattributes':
    '*.png filter=lfs diff=lfs merge=lfs -text\n*.wav filter=lfs diff=lfs merge=lfs -text\n*.unity merge=unityyamlmerge\n',
  '.github/workflows/build.yml':
    'name: build\non:\n  push:\n    branches: [main]\n    tags: ["v*"]\njobs:\n  editmode:\n    runs-on: ubuntu-22.04\n    steps:\n      - uses: actions/checkout@v4\n        with: { lfs: true }\n      - uses: game-ci/unity-test-runner@v4\n        with: { testMode: editmode, unityVersion: 6000.0.23f1 }\n  android:\n    needs: editmode\n    runs-on: ubuntu-22.04\n    steps:\n      - uses: game-ci/unity-builder@v4\n        with: { targetPlatform: Android, buildMethod: Rampart.Editor.BuildMenu.Android }\n        env:\n          UNITY_LICENSE: x\n          ANDROID_KEYSTORE_PASS: x\n  windows:\n    needs: editmode\n    if: startsWith(github.ref, \'refs/tags/\')\n    runs-on: windows-2022\n    steps:\n      - run: echo\n',
  '.gitignore': 'Library/\nTemp/\nBuilds/\n',
  'README.md': '# Rampart, a tower defence\n',
  'Taskfile.yml':
    'version: "3"\ntasks:\n  atlas:\n    cmds: [uv run --project tools/atlas atlas pack Assets/Art/Sprites]\n  scores:\n    dir: server\n    cmds: [go run . -addr :8711]\n  test:\n    cmds: [unity -batchmode -runTests -testPlatform EditMode]\n',
  'Assets/Art/Shaders/Outline.shader':
    'Shader "Rampart/Outline"\n{\n    Properties { _Width ("Width", Range(0, 8)) = 2 }\n}\n',
  'Assets/Data/Enemies/goblin.asset':
    '%YAML 1.1\n--- !u!114 &1\nMonoBehaviour:\n  m_Name: goblin\n  health: 24\n  speed: 2.1\n',
  'Assets/Data/Enemies/ogre.asset':
    '%YAML 1.1\n--- !u!114 &1\nMonoBehaviour:\n  m_Name: ogre\n  health: 140\n  speed: 0.9\n',
  'Assets/Data/balance.json':
    '{ "startGold": 250, "goldPerWave": 40, "lives": 12, "towers": { "arrow": { "cost": 60 }, "cannon": { "cost": 120 }, "frost": { "cost": 95 } } }\n',
  'Assets/Input/Controls.inputactions':
    '{ "name": "Controls", "maps": [ { "name": "Battle", "actions": [ { "name": "Place" }, { "name": "Cancel" }, { "name": "Pause" } ] } ] }\n',
  'Assets/Scenes/Battle.unity': '%YAML 1.1\n',
  'Assets/Scenes/Boot.unity': '%YAML 1.1\n',
  'Assets/Scenes/Menu.unity': '%YAML 1.1\n',
  'Assets/Scripts/Editor/BuildMenu.cs':
    'using UnityEditor;\n\nnamespace Rampart.Editor\n{\n    public static class BuildMenu\n    {\n        [MenuItem("Rampart/Build/Android")]\n        public static void Android() { }\n\n        [MenuItem("Rampart/Build/Windows")]\n        public static void Windows() { }\n\n        [MenuItem("Rampart/Validate Definitions %#v")]\n        public static void Validate() { }\n    }\n}\n',
  'Assets/Scripts/Editor/Rampart.Editor.asmdef':
    '{ "name": "Rampart.Editor", "references": ["Rampart.Runtime"], "includePlatforms": ["Editor"] }\n',
  'Assets/Scripts/Runtime/Battle/BattleLoop.cs':
    'using Cysharp.Threading.Tasks;\nusing VContainer.Unity;\n\nnamespace Rampart.Battle\n{\n    public sealed class BattleLoop : IAsyncStartable\n    {\n        public async UniTask StartAsync(System.Threading.CancellationToken cancellation) => await UniTask.Yield();\n    }\n}\n',
  'Assets/Scripts/Runtime/Battle/EnemyPool.cs':
    'using UnityEngine.Pool;\n\nnamespace Rampart.Battle\n{\n    public sealed class EnemyPool\n    {\n        private const int Prewarm = 64;\n\n        public Enemy Rent() => null;\n        public void Return(Enemy enemy) { }\n    }\n\n    public sealed class Enemy { }\n}\n',
  'Assets/Scripts/Runtime/Battle/Tower.cs':
    'using UnityEngine;\n\nnamespace Rampart.Battle\n{\n    public enum TowerKind { Arrow, Cannon, Frost }\n\n    public sealed class Tower : MonoBehaviour\n    {\n        [SerializeField] private TowerKind kind;\n        [SerializeField, Range(1, 5)] private int level = 1;\n\n        private const float RetargetSeconds = 0.25f;\n\n        public bool TryUpgrade(int gold, out int cost)\n        {\n            cost = 80 * level;\n            return gold >= cost && level < 5;\n        }\n    }\n}\n',
  'Assets/Scripts/Runtime/Battle/WaveDirector.cs':
    'using System;\n\nnamespace Rampart.Battle\n{\n    public sealed class WaveDirector\n    {\n        public const int MaxWaves = 30;\n        public const float PauseSeconds = 6.5f;\n\n        public event Action<int> WaveStarted;\n\n        public int Current { get; private set; }\n\n        public void StartNext()\n        {\n            if (Current >= MaxWaves) throw new WavesExhaustedException();\n            WaveStarted?.Invoke(++Current);\n        }\n    }\n\n    public sealed class WavesExhaustedException : Exception { }\n}\n',
  'Assets/Scripts/Runtime/Boot/GameLifetimeScope.cs':
    'using VContainer;\nusing VContainer.Unity;\n\nnamespace Rampart.Boot\n{\n    public sealed class GameLifetimeScope : LifetimeScope\n    {\n        protected override void Configure(IContainerBuilder builder)\n        {\n            builder.Register<SaveService>(Lifetime.Singleton).As<ISaveService>();\n            builder.Register<WaveDirector>(Lifetime.Scoped);\n            builder.RegisterEntryPoint<BattleLoop>();\n        }\n    }\n}\n',
  'Assets/Scripts/Runtime/Config/EnemyDefinition.cs':
    'using UnityEngine;\n\nnamespace Rampart.Config\n{\n    [CreateAssetMenu(menuName = "Rampart/Enemy")]\n    public sealed class EnemyDefinition : ScriptableObject\n    {\n        public int health = 20;\n        public float speed = 1.8f;\n    }\n}\n',
  'Assets/Scripts/Runtime/Net/LeaderboardClient.cs':
    'using UnityEngine.Networking;\n\nnamespace Rampart.Net\n{\n    public sealed class LeaderboardClient\n    {\n        private const string BaseUrl = "https://scores.lowtide.example/v2";\n        private const int TimeoutSeconds = 10;\n\n        public void Submit(int score) => UnityWebRequest.Post($"{BaseUrl}/scores", "{}", "application/json").timeout = TimeoutSeconds;\n    }\n}\n',
  'Assets/Scripts/Runtime/Rampart.Runtime.asmdef':
    '{\n  "name": "Rampart.Runtime",\n  "references": ["UniTask", "VContainer", "Unity.InputSystem", "Unity.Addressables"],\n  "allowUnsafeCode": false\n}\n',
  'Assets/Scripts/Runtime/Saves/SaveService.cs':
    'using System.IO;\nusing UnityEngine;\n\nnamespace Rampart.Saves\n{\n    public interface ISaveService\n    {\n        void Write(SaveGame game);\n        SaveGame Read();\n    }\n\n    public sealed class SaveService : ISaveService\n    {\n        public const int FormatVersion = 4;\n        private const string FileName = "slot.json";\n\n        private static string Folder => Path.Combine(Application.persistentDataPath, "saves");\n\n        public void Write(SaveGame game) => File.WriteAllText(Path.Combine(Folder, FileName), JsonUtility.ToJson(game));\n        public SaveGame Read() => JsonUtility.FromJson<SaveGame>("{}");\n    }\n\n    [System.Serializable]\n    public sealed class SaveGame { public int version; public int gold; }\n}\n',
  'Assets/Settings/URP-Mobile.asset': '%YAML 1.1\nMonoBehaviour:\n  m_MSAA: 2\n  m_ShadowDistance: 35\n',
  'Assets/Tests/EditMode/Rampart.Tests.EditMode.asmdef':
    '{ "name": "Rampart.Tests.EditMode", "references": ["Rampart.Runtime"], "optionalUnityReferences": ["TestAssemblies"] }\n',
  'Assets/Tests/EditMode/WaveDirectorTests.cs':
    'using NUnit.Framework;\n\nnamespace Rampart.Tests\n{\n    public sealed class WaveDirectorTests\n    {\n        [Test]\n        public void ThrowsWhenWavesAreExhausted() { }\n    }\n}\n',
  'Assets/Tests/PlayMode/BattleSceneTests.cs':
    'using NUnit.Framework;\n\nnamespace Rampart.Tests\n{\n    public sealed class BattleSceneTests { }\n}\n',
  'Packages/manifest.json':
    '{\n  "dependencies": {\n    "com.unity.addressables": "2.3.1",\n    "com.unity.inputsystem": "1.11.2",\n    "com.unity.render-pipelines.universal": "17.0.3",\n    "com.unity.cinemachine": "3.1.2",\n    "com.unity.test-framework": "1.4.5",\n    "com.unity.localization": "1.5.3",\n    "com.cysharp.unitask": "https://github.com/Cysharp/UniTask.git?path=src/UniTask/Assets/Plugins/UniTask#2.5.10",\n    "jp.hadashikick.vcontainer": "1.16.6"\n  },\n  "scopedRegistries": [\n    { "name": "OpenUPM", "url": "https://package.openupm.com", "scopes": ["jp.hadashikick"] }\n  ]\n}\n',
  'Packages/packages-lock.json': '{ "dependencies": {} }\n',
  'ProjectSettings/EditorBuildSettings.asset':
    '%YAML 1.1\n--- !u!1045 &1\nEditorBuildSettings:\n  m_Scenes:\n  - enabled: 1\n    path: Assets/Scenes/Boot.unity\n  - enabled: 1\n    path: Assets/Scenes/Menu.unity\n  - enabled: 1\n    path: Assets/Scenes/Battle.unity\n',
  'ProjectSettings/ProjectSettings.asset':
    '%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n--- !u!129 &1\nPlayerSettings:\n  companyName: Lowtide\n  productName: Rampart\n  bundleVersion: 0.9.4\n  applicationIdentifier:\n    Android: com.lowtide.rampart\n    iPhone: com.lowtide.rampart\n  AndroidMinSdkVersion: 25\n  scriptingBackend:\n    Android: 1\n    Standalone: 1\n  activeInputHandler: 1\n',
  'ProjectSettings/ProjectVersion.txt':
    'm_EditorVersion: 6000.0.23f1\nm_EditorVersionWithRevision: 6000.0.23f1 (1c4764c07fb4)\n',
  'ProjectSettings/TagManager.asset':
    '%YAML 1.1\n--- !u!78 &1\nTagManager:\n  tags:\n  - Enemy\n  - Tower\n  layers:\n  - Default\n  - Ground\n  - Projectile\n',
  'docs/balancing.md': '# Balancing\n',
  'docs/saves.md': '# Save format 4\n',
  'server/Dockerfile':
    'FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /scores .\n\nFROM scratch\nCOPY --from=build /scores /scores\nEXPOSE 8711\nENTRYPOINT ["/scores", "-db", "/data/scores.db"]\n',
  'server/go.mod':
    'module lowtide.example/scores\n\ngo 1.23\n\nrequire (\n\tgithub.com/go-chi/chi/v5 v5.1.0\n\tmodernc.org/sqlite v1.33.1\n)\n',
  'server/main.go':
    'package main\n\nimport (\n\t"flag"\n\t"net/http"\n\t"os"\n\n\t"github.com/go-chi/chi/v5"\n)\n\nconst maxScoreAge = 90\n\nfunc main() {\n\taddr := flag.String("addr", ":8711", "listen address")\n\tdb := flag.String("db", "scores.db", "database file")\n\tflag.Parse()\n\t_ = os.Getenv("SCORES_HMAC_KEY")\n\t_ = db\n\n\tr := chi.NewRouter()\n\tr.Get("/v2/scores", topScores)\n\tr.Post("/v2/scores", submitScore)\n\thttp.ListenAndServe(*addr, r)\n}\n\nfunc topScores(w http.ResponseWriter, r *http.Request)   {}\nfunc submitScore(w http.ResponseWriter, r *http.Request) {}\n',
  'server/schema.sql':
    'CREATE TABLE scores (\n  id INTEGER PRIMARY KEY,\n  player TEXT NOT NULL,\n  score INTEGER NOT NULL CHECK (score >= 0),\n  platform TEXT NOT NULL\n);\n\nCREATE INDEX scores_by_score ON scores (score DESC);\n',
  'tools/atlas/pyproject.toml':
    '[project]\nname = "atlas"\nversion = "0.3.0"\nrequires-python = ">=3.12"\ndependencies = ["pillow>=11.0", "click>=8.1"]\n\n[project.scripts]\natlas = "atlas.cli:main"\n\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
  'tools/atlas/src/atlas/cli.py':
    'import click\n\n\n@click.group()\ndef main() -> None:\n    """Packs sprites."""\n\n\n@main.command()\n@click.argument("folder")\n@click.option("--padding", default=2, show_default=True)\n@click.option("--max-size", default=2048)\ndef pack(folder: str, padding: int, max_size: int) -> None:\n    """Packs a folder of sprites."""\n\n\n@main.command()\ndef check() -> None:\n    """Looks for sprites nobody uses."""\n',
};

export const RAMPART_LINES: readonly Labelled[] = [
  // Engine and packages.
  ['Unity 6 (6000.0.23f1) with URP 17 and the new Input System.', 'true'],
  ['Unity 2022.3 LTS', 'stale'],
  ['The project uses the built-in render pipeline.', 'stale'],
  ['Rendering is HDRP.', 'stale'],
  ['editor version is 6000.0.11f1, same in CI', 'stale'],
  ['Async code uses UniTask 2.5.10, dependency injection is VContainer.', 'true'],
  ['DI framework is Zenject.', 'stale'],
  ['Tweens are done with DOTween.', 'stale'],
  ['Cinemachine 3.1', 'true'],
  ['com.unity.addressables is at 1.21.', 'stale'],
  ['Addressables 2.3.1 load content on demand.', 'true'],
  ['Text rendering uses com.unity.textmeshpro.', 'stale'],
  ['Netcode for GameObjects is used for co-op (com.unity.netcode.gameobjects).', 'stale'],
  ['VContainer comes from OpenUPM, UniTask straight from git.', 'true'],
  ['Both Android and Standalone are IL2CPP.', 'true'],
  ['Bundle id com.lowtide.rampart, bundleVersion 0.9.4', 'true'],
  ['bundleVersion 0.9.2', 'stale'],
  ['AndroidMinSdkVersion is 23.', 'stale'],
  ['Localization package 1.5', 'true'],
  // Scenes, assets, data.
  ['Three scenes in the build: Boot, Menu, Battle.', 'true'],
  ['The build includes Assets/Scenes/Credits.unity.', 'stale'],
  ['Assets/Scenes/Sandbox.unity is for testing towers.', 'stale'],
  ['Tags: Enemy, Tower.', 'true'],
  ['The tag Boss marks bosses.', 'stale'],
  ["There's a layer called Water.", 'stale'],
  ['Goblins have 24 health and speed 2.1 (Assets/Data/Enemies/goblin.asset).', 'true'],
  ['ogre.asset: health 200', 'stale'],
  ['Assets/Data/Enemies/troll.asset regenerates.', 'stale'],
  ['startGold is 250, lives 12 in balance.json.', 'true'],
  ['balance.json gives 300 startGold', 'stale'],
  ['a cannon costs 150 (towers.cannon.cost)', 'stale'],
  ['goldPerWave is 40.', 'true'],
  ['Enemy stats are ScriptableObjects (EnemyDefinition), menu Rampart/Enemy.', 'true'],
  ['TowerDefinition is a ScriptableObject too.', 'stale'],
  ['Actions: Place, Cancel, Pause in Controls.inputactions.', 'true'],
  ['The Battle map has an action "FastForward".', 'stale'],
  ['Outline shader: Rampart/Outline with a _Width of 2', 'true'],
  ['Assets/Art/Shaders/Water.shader animates the moat', 'stale'],
  ['Mobile shadows end at 35 m.', 'true'],
  ['URP-Mobile uses m_MSAA 4', 'stale'],
  ['PNG and WAV are in Git LFS.', 'true'],
  ['.fbx models are tracked by LFS.', 'stale'],
  // Code.
  ['WaveDirector has at most 30 waves with 6.5 s in between, then throws WavesExhaustedException.', 'true'],
  ['MaxWaves = 25', 'stale'],
  ['WaveDirector.PauseSeconds is 10', 'stale'],
  ['WaveDirector.Skip() jumps to the next wave.', 'stale'],
  ['`WaveEnded` is raised when the last enemy of a wave dies.', 'stale'],
  ['Subscribe to WaveDirector.WaveStarted to hear about new waves.', 'true'],
  ['Tower kinds: Arrow, Cannon, Frost. Upgrades up to level 5 through TryUpgrade.', 'true'],
  ['TowerKind.Poison slows and hurts.', 'stale'],
  ['Tower.Sell() refunds 60 %.', 'stale'],
  ['Towers look for a new target each quarter second (RetargetSeconds).', 'true'],
  ['RetargetSeconds is 0.5f.', 'stale'],
  ['EnemyPool prewarms 64 enemies; Rent/Return.', 'true'],
  ['EnemyPool.Release gives an enemy back.', 'stale'],
  ['ProjectilePool works like EnemyPool.', 'stale'],
  ['Saves: persistentDataPath/saves/slot.json, FormatVersion 4', 'true'],
  ['FormatVersion of saves is 3.', 'stale'],
  ['Saves are written as savegame.dat by SaveService.', 'stale'],
  ['ISaveService has Write and Read.', 'true'],
  ['ISaveService.Delete removes a slot', 'stale'],
  ['CloudSaveService syncs saves with Google Play.', 'stale'],
  ['GameLifetimeScope registers everything, WaveDirector is scoped.', 'true'],
  ['Services are found through ServiceLocator.Get<T>().', 'stale'],
  ['BattleLoop is an IAsyncStartable entry point.', 'true'],
  ['LeaderboardClient talks to https://scores.lowtide.example/v2 and times out after 10 seconds.', 'true'],
  ['LeaderboardClient.TimeoutSeconds is 30', 'stale'],
  ["LeaderboardClient.FetchFriends gets friends' scores.", 'stale'],
  ['Assemblies: Rampart.Runtime, Rampart.Editor and one for edit-mode tests.', 'true'],
  ['Rampart.Core.asmdef holds code without Unity references.', 'stale'],
  ['Unsafe code is allowed in Rampart.Runtime (allowUnsafeCode).', 'stale'],
  ['Menu Rampart > Build > Android calls BuildMenu.Android.', 'true'],
  ['BuildMenu.MacOS builds for the Mac.', 'stale'],
  ['Runtime code is in Assets/Scripts/Runtime, editor code in Assets/Scripts/Editor.', 'true'],
  ['Runtime code moved to Assets/_Project/Runtime.', 'stale'],
  ['C#: block-scoped namespaces, 4 spaces, private fields camelCase.', 'true'],
  ['C# files use file-scoped namespaces (.editorconfig).', 'stale'],
  ['Tests: NUnit, EditMode in Assets/Tests/EditMode.', 'true'],
  ['Assets/Tests/EditMode/TowerTests.cs tests upgrades', 'stale'],
  ['WaveDirectorTests.ThrowsWhenWavesAreExhausted', 'true'],
  // Tools and server.
  ['Sprites are packed by a Python tool: task atlas (tools/atlas, click + pillow, Python 3.12).', 'true'],
  ['The atlas tool needs Python 3.10 only.', 'stale'],
  ['atlas pack has a --trim flag.', 'stale'],
  ['atlas pack: --padding 2 and --max-size 2048 by default.', 'true'],
  ['atlas pack --padding defaults to 4', 'stale'],
  ['`atlas clean` deletes old atlases.', 'stale'],
  ['`atlas check` looks for unused sprites.', 'true'],
  ['The tools use argparse.', 'stale'],
  ['The score server is Go 1.23 with chi and SQLite (modernc), port 8711.', 'true'],
  ['Score server listens on :8080.', 'stale'],
  ['The score server uses gin and Postgres.', 'stale'],
  ['Flags of the server: -addr and -db.', 'true'],
  ['Start the server with -cors to allow the web build.', 'stale'],
  ['SCORES_HMAC_KEY signs scores.', 'true'],
  ['SCORES_ADMIN_TOKEN protects the admin routes.', 'stale'],
  ['GET and POST /v2/scores', 'true'],
  ['DELETE /v2/scores/{id} removes cheaters.', 'stale'],
  ['Scores have player, score and platform.', 'true'],
  ['The players table has one row a device.', 'stale'],
  ['scores.country is used for regional boards', 'stale'],
  ['The server image is FROM scratch.', 'true'],
  ['Server image: distroless.', 'stale'],
  ['task scores runs the server locally', 'true'],
  ['`task deploy` pushes to the server.', 'stale'],
  ['make atlas packs the sprites', 'stale'],
  ['server/internal/store has the queries.', 'stale'],
  ['maxScoreAge is 90.', 'true'],
  // CI.
  ['CI: game-ci; editmode tests, then an Android build; Windows only for tags.', 'true'],
  ['CI has a webgl job.', 'stale'],
  ['The iOS build runs on macos-14.', 'stale'],
  ['CI needs UNITY_LICENSE and ANDROID_KEYSTORE_PASS.', 'true'],
  ['UNITY_SERIAL is needed in CI.', 'stale'],
  ['playmode tests run in CI before the builds', 'stale'],
  ['Checkout in CI fetches LFS files.', 'true'],
  ['Unity Cloud Build makes the nightly builds.', 'stale'],
  // Mixed.
  ['No Photon, no Mirror: single player only.', 'true'],
  ["We don't use Addressables.", 'stale'],
  ['VContainer was replaced by Reflex.', 'stale'],
  ['docs/balancing.md and docs/saves.md are worth reading.', 'true'],
  ['docs/modding.md explains mods.', 'stale'],
  ['Library/ and Builds/ are ignored by git.', 'true'],
  ['Want to try ECS for projectiles later.', 'unknown'],
  ['Steam release is planned for autumn.', 'unknown'],
  ['Art by Noor, music by a friend.', 'unknown'],
  ['Frame budget on the Pixel 4a: 16 ms.', 'unknown'],
  ['Keep allocations out of Update.', 'unknown'],
  ['I prefer explicit types over var.', 'unknown'],
  ["The boss fight isn't fun yet.", 'unknown'],
];
