// A labelled repository written before the rules had run on it: an Android app of several Gradle modules in Kotlin.
import type { Labelled } from './hygiene-repo.ts';

export const TRAIL: Readonly<Record<string, string>> = {
  '.editorconfig':
    'root = true\n\n[*.{kt,kts}]\nmax_line_length = 120\nindent_size = 4\nktlint_code_style = android_studio\nktlint_function_naming_ignore_when_annotated_with = Composable\n',
  '.git/HEAD': 'ref: refs/heads/develop\n',
  '.git/refs/heads/develop': 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\n',
  '.git/refs/heads/release/5.3': 'ffffffffffffffffffffffffffffffffffffffff\n',
  '.github/workflows/android.yml': `name: android\non:\n  pull_request:\n  push:\n    branches: [develop]\nconcurrency:\n  group: \${{ github.ref }}\n  cancel-in-progress: true\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-java@v4\n        with:\n          distribution: temurin\n          java-version: 21\n      - run: ./gradlew checkAll\n  instrumented:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        api-level: [26, 34]\n    steps:\n      - uses: reactivecircus/android-emulator-runner@v2\n        with:\n          api-level: \${{ matrix.api-level }}\n          script: ./gradlew connectedMockDebugAndroidTest\n`,
  'CHANGELOG.md': '# Changelog\n\n## 5.3.0\n\n- Elevation profile while recording\n',
  Gemfile: 'source "https://rubygems.org"\ngem "fastlane", "~> 2.225"\n',
  LICENSE: '                                 Apache License\n                           Version 2.0, January 2004\n',
  'build.gradle.kts':
    'plugins {\n    alias(libs.plugins.android.application) apply false\n    alias(libs.plugins.kotlin.android) apply false\n    alias(libs.plugins.hilt) apply false\n    alias(libs.plugins.spotless)\n}\n\nspotless {\n    kotlin {\n        target("**/*.kt")\n        ktlint("1.3.1")\n    }\n}\n\ntasks.register("checkAll") {\n    dependsOn("spotlessCheck", ":app:lintProdDebug", ":app:testProdDebugUnitTest")\n}\n',
  'gradle.properties':
    'org.gradle.jvmargs=-Xmx4g -Dfile.encoding=UTF-8\norg.gradle.configuration-cache=true\norg.gradle.parallel=true\nandroid.useAndroidX=true\nandroid.nonTransitiveRClass=true\n',
  gradlew: '#!/bin/sh\n',
  'settings.gradle.kts':
    'pluginManagement {\n    includeBuild("build-logic")\n    repositories {\n        google()\n        mavenCentral()\n        gradlePluginPortal()\n    }\n}\n\nrootProject.name = "Trail"\n\ninclude(":app")\ninclude(":core:data")\ninclude(":core:model")\ninclude(":core:designsystem")\ninclude(":feature:map")\ninclude(":feature:record")\ninclude(":baselineprofile")\n',
  'app/build.gradle.kts':
    'plugins {\n    alias(libs.plugins.android.application)\n    alias(libs.plugins.kotlin.android)\n    alias(libs.plugins.ksp)\n    alias(libs.plugins.hilt)\n}\n\nandroid {\n    namespace = "org.trail.app"\n    compileSdk = 35\n\n    defaultConfig {\n        applicationId = "org.trail.app"\n        minSdk = 26\n        targetSdk = 34\n        versionCode = 5030\n        versionName = "5.3.0"\n        testInstrumentationRunner = "org.trail.app.TrailTestRunner"\n    }\n\n    flavorDimensions += "env"\n    productFlavors {\n        create("mock") {\n            applicationIdSuffix = ".mock"\n            buildConfigField("String", "API_BASE", "\\"http://10.0.2.2:8088/\\"")\n        }\n        create("prod") {\n            buildConfigField("String", "API_BASE", "\\"https://api.trail.example/v4/\\"")\n        }\n    }\n\n    buildTypes {\n        release {\n            isMinifyEnabled = true\n            proguardFiles("proguard-rules.pro")\n            signingConfig = signingConfigs.getByName("release")\n        }\n    }\n\n    compileOptions {\n        sourceCompatibility = JavaVersion.VERSION_17\n        targetCompatibility = JavaVersion.VERSION_17\n    }\n\n    signingConfigs {\n        create("release") {\n            storeFile = file(System.getenv("TRAIL_KEYSTORE") ?: "debug.jks")\n            storePassword = System.getenv("TRAIL_KEYSTORE_PASSWORD")\n        }\n    }\n}\n\ndependencies {\n    implementation(projects.core.data)\n    implementation(projects.feature.map)\n    implementation(platform(libs.compose.bom))\n    implementation(libs.compose.material3)\n    implementation(libs.hilt.android)\n    implementation(libs.timber)\n    ksp(libs.hilt.compiler)\n    testImplementation(libs.turbine)\n    testImplementation(libs.robolectric)\n}\n',
  'app/proguard-rules.pro': '-keep class org.trail.core.model.** { *; }\n-dontwarn okhttp3.internal.platform.**\n',
  'app/src/androidTest/kotlin/org/trail/app/TrailTestRunner.kt':
    'package org.trail.app\n\nimport androidx.test.runner.AndroidJUnitRunner\n\nclass TrailTestRunner : AndroidJUnitRunner()\n',
  'app/src/main/AndroidManifest.xml':
    '<?xml version="1.0" encoding="utf-8"?>\n<manifest xmlns:android="http://schemas.android.com/apk/res/android">\n    <uses-permission android:name="android.permission.INTERNET" />\n    <uses-permission android:name="android.permission.ACCESS_FINE_LOCATION" />\n    <uses-permission android:name="android.permission.FOREGROUND_SERVICE_LOCATION" />\n\n    <application\n        android:name=".TrailApplication"\n        android:allowBackup="false"\n        android:theme="@style/Theme.Trail">\n        <activity\n            android:name=".MainActivity"\n            android:exported="true"\n            android:launchMode="singleTask">\n            <intent-filter>\n                <action android:name="android.intent.action.VIEW" />\n                <data android:scheme="trail" android:host="route" />\n            </intent-filter>\n        </activity>\n        <service\n            android:name="org.trail.feature.record.RecordingService"\n            android:foregroundServiceType="location" />\n    </application>\n</manifest>\n',
  'app/src/main/kotlin/org/trail/app/MainActivity.kt':
    'package org.trail.app\n\nimport android.os.Bundle\nimport androidx.activity.ComponentActivity\nimport androidx.activity.compose.setContent\nimport dagger.hilt.android.AndroidEntryPoint\n\n@AndroidEntryPoint\nclass MainActivity : ComponentActivity() {\n    override fun onCreate(savedInstanceState: Bundle?) {\n        super.onCreate(savedInstanceState)\n        setContent { TrailNavHost() }\n    }\n}\n',
  'app/src/main/kotlin/org/trail/app/TrailApplication.kt':
    'package org.trail.app\n\nimport android.app.Application\nimport dagger.hilt.android.HiltAndroidApp\nimport timber.log.Timber\n\n@HiltAndroidApp\nclass TrailApplication : Application() {\n    override fun onCreate() {\n        super.onCreate()\n        if (BuildConfig.DEBUG) Timber.plant(Timber.DebugTree())\n    }\n}\n',
  'app/src/main/kotlin/org/trail/app/TrailNavHost.kt':
    'package org.trail.app\n\nimport androidx.compose.runtime.Composable\nimport androidx.navigation.compose.NavHost\nimport androidx.navigation.compose.composable\n\nconst val ROUTE_MAP = "map"\nconst val ROUTE_RECORD = "record/{tourId}"\n\n@Composable\nfun TrailNavHost() {\n    NavHost(navController = rememberNavController(), startDestination = ROUTE_MAP) {\n        composable(ROUTE_MAP) { MapScreen() }\n        composable(ROUTE_RECORD) { RecordScreen() }\n    }\n}\n',
  'app/src/main/res/values-de/strings.xml': '<resources>\n    <string name="record_start">Los</string>\n</resources>\n',
  'app/src/main/res/values-fr/strings.xml':
    '<resources>\n    <string name="record_start">Démarrer</string>\n</resources>\n',
  'app/src/main/res/values/strings.xml':
    '<resources>\n    <string name="app_name">Trail</string>\n    <string name="record_start">Start</string>\n    <string name="record_paused">Paused</string>\n</resources>\n',
  'baselineprofile/build.gradle.kts': 'plugins { id("com.android.test") }\n',
  'build-logic/convention/src/main/kotlin/AndroidLibraryPlugin.kt':
    'import org.gradle.api.Plugin\nimport org.gradle.api.Project\n\nclass AndroidLibraryPlugin : Plugin<Project> {\n    override fun apply(target: Project) = Unit\n}\n',
  'build-logic/settings.gradle.kts': 'rootProject.name = "build-logic"\n',
  'core/data/build.gradle.kts':
    'plugins {\n    id("trail.android.library")\n    alias(libs.plugins.ksp)\n}\n\ndependencies {\n    api(projects.core.model)\n    implementation(libs.room.ktx)\n    ksp(libs.room.compiler)\n    implementation(libs.retrofit)\n    implementation(libs.retrofit.kotlinx)\n    implementation(libs.okhttp.logging)\n    implementation(libs.work.runtime)\n}\n',
  'core/data/schemas/org.trail.core.data.db.TrailDatabase/8.json':
    '{ "formatVersion": 1, "database": { "version": 8 } }\n',
  'core/data/schemas/org.trail.core.data.db.TrailDatabase/9.json':
    '{ "formatVersion": 1, "database": { "version": 9 } }\n',
  'core/data/src/main/kotlin/org/trail/core/data/TourRepository.kt':
    'package org.trail.core.data\n\nimport javax.inject.Inject\nimport kotlinx.coroutines.flow.Flow\nimport org.trail.core.model.Tour\n\ninterface TourRepository {\n    fun observe(): Flow<List<Tour>>\n    suspend fun save(tour: Tour)\n    suspend fun remove(id: String)\n}\n\nclass OfflineFirstTourRepository @Inject constructor() : TourRepository {\n    override fun observe(): Flow<List<Tour>> = TODO()\n    override suspend fun save(tour: Tour) = Unit\n    override suspend fun remove(id: String) = Unit\n}\n',
  'core/data/src/main/kotlin/org/trail/core/data/db/TourDao.kt':
    'package org.trail.core.data.db\n\nimport androidx.room.Dao\nimport androidx.room.Entity\nimport androidx.room.PrimaryKey\nimport androidx.room.Query\nimport androidx.room.Upsert\nimport kotlinx.coroutines.flow.Flow\n\n@Entity(tableName = "tours")\ndata class TourEntity(@PrimaryKey val id: String, val title: String, val distanceMeters: Int)\n\n@Entity(tableName = "track_points", primaryKeys = ["tourId", "sequence"])\ndata class TrackPointEntity(val tourId: String, val sequence: Int, val latitude: Double, val longitude: Double)\n\n@Dao\ninterface TourDao {\n    @Query("SELECT * FROM tours ORDER BY title")\n    fun observeTours(): Flow<List<TourEntity>>\n\n    @Upsert\n    suspend fun upsert(tour: TourEntity)\n\n    @Query("DELETE FROM tours WHERE id = :id")\n    suspend fun delete(id: String)\n}\n',
  'core/data/src/main/kotlin/org/trail/core/data/db/TrailDatabase.kt':
    'package org.trail.core.data.db\n\nimport androidx.room.AutoMigration\nimport androidx.room.Database\nimport androidx.room.RoomDatabase\n\n@Database(\n    entities = [TourEntity::class, TrackPointEntity::class],\n    version = 9,\n    autoMigrations = [AutoMigration(from = 8, to = 9)],\n)\nabstract class TrailDatabase : RoomDatabase() {\n    abstract fun tourDao(): TourDao\n}\n',
  'core/data/src/main/kotlin/org/trail/core/data/net/NetworkModule.kt':
    'package org.trail.core.data.net\n\nimport dagger.Module\nimport dagger.Provides\nimport dagger.hilt.InstallIn\nimport dagger.hilt.components.SingletonComponent\nimport java.util.concurrent.TimeUnit\nimport okhttp3.OkHttpClient\n\n@Module\n@InstallIn(SingletonComponent::class)\nobject NetworkModule {\n    private const val TIMEOUT_SECONDS = 15L\n    private const val CACHE_BYTES = 20L * 1024 * 1024\n\n    @Provides\n    fun client(): OkHttpClient =\n        OkHttpClient.Builder().readTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).build()\n}\n',
  'core/data/src/main/kotlin/org/trail/core/data/net/TrailApi.kt':
    'package org.trail.core.data.net\n\nimport retrofit2.http.Body\nimport retrofit2.http.GET\nimport retrofit2.http.POST\nimport retrofit2.http.Path\n\ninterface TrailApi {\n    @GET("tours")\n    suspend fun tours(): List<TourDto>\n\n    @GET("tours/{id}/gpx")\n    suspend fun gpx(@Path("id") id: String): String\n\n    @POST("tours")\n    suspend fun upload(@Body tour: TourDto)\n}\n\ndata class TourDto(val id: String, val title: String)\n',
  'core/data/src/main/kotlin/org/trail/core/data/sync/SyncWorker.kt':
    'package org.trail.core.data.sync\n\nimport android.content.Context\nimport androidx.work.CoroutineWorker\nimport androidx.work.WorkerParameters\n\nclass SyncWorker(context: Context, params: WorkerParameters) : CoroutineWorker(context, params) {\n    override suspend fun doWork(): Result {\n        if (runAttemptCount >= MAX_ATTEMPTS) return Result.failure()\n        return Result.success()\n    }\n\n    companion object {\n        const val UNIQUE_NAME = "tour-sync"\n        const val MAX_ATTEMPTS = 5\n        const val PERIOD_HOURS = 6L\n    }\n}\n',
  'core/data/src/test/kotlin/org/trail/core/data/TourRepositoryTest.kt':
    'package org.trail.core.data\n\nimport kotlin.test.Test\n\nclass TourRepositoryTest {\n    @Test\n    fun `saves offline first`() = Unit\n}\n',
  'core/designsystem/src/main/kotlin/org/trail/core/designsystem/Theme.kt':
    'package org.trail.core.designsystem\n\nimport androidx.compose.runtime.Composable\n\n@Composable\nfun TrailTheme(content: @Composable () -> Unit) = content()\n',
  'core/model/src/main/kotlin/org/trail/core/model/Tour.kt':
    'package org.trail.core.model\n\ndata class Tour(val id: String, val title: String, val difficulty: Difficulty)\n\nenum class Difficulty { EASY, MODERATE, HARD }\n\nsealed interface RecordingState {\n    data object Idle : RecordingState\n    data class Running(val meters: Int) : RecordingState\n    data object Paused : RecordingState\n}\n',
  'docs/architecture.md': '# Architecture\n\nFeatures depend on core, never on each other.\n',
  'docs/release.md': '# Release\n\n`bundle exec fastlane internal`, then `promote`.\n',
  'fastlane/Appfile': 'package_name("org.trail.app")\njson_key_file(ENV["PLAY_JSON_KEY"])\n',
  'fastlane/Fastfile':
    'default_platform(:android)\n\nplatform :android do\n  desc "Unit tests"\n  lane :verify do\n    gradle(task: "checkAll")\n  end\n\n  desc "Internal track"\n  lane :internal do\n    gradle(task: "bundleProdRelease")\n    upload_to_play_store(track: "internal")\n  end\n\n  lane :promote do |options|\n    upload_to_play_store(track: "internal", track_promote_to: options[:to] || "production", rollout: "0.1")\n  end\nend\n',
  'feature/map/src/main/kotlin/org/trail/feature/map/MapScreen.kt':
    'package org.trail.feature.map\n\nimport androidx.compose.runtime.Composable\n\nconst val DEFAULT_ZOOM = 13.5\n\n@Composable\nfun MapScreen() {\n    val style = "https://tiles.trail.example/outdoor.json"\n}\n',
  'feature/map/src/main/kotlin/org/trail/feature/map/MapViewModel.kt':
    'package org.trail.feature.map\n\nimport androidx.lifecycle.ViewModel\nimport dagger.hilt.android.lifecycle.HiltViewModel\nimport javax.inject.Inject\nimport org.trail.core.data.TourRepository\n\n@HiltViewModel\nclass MapViewModel @Inject constructor(private val tours: TourRepository) : ViewModel() {\n    fun select(id: String) = Unit\n}\n',
  'feature/record/src/main/kotlin/org/trail/feature/record/RecordScreen.kt':
    'package org.trail.feature.record\n\nimport androidx.compose.runtime.Composable\n\n@Composable\nfun RecordScreen() = Unit\n\n@Composable\ninternal fun ElevationProfile(points: List<Float>) = Unit\n',
  'feature/record/src/main/kotlin/org/trail/feature/record/RecordingService.kt':
    'package org.trail.feature.record\n\nimport android.app.Service\nimport android.content.Intent\nimport android.os.IBinder\n\nclass RecordingService : Service() {\n    override fun onBind(intent: Intent?): IBinder? = null\n\n    private companion object {\n        const val NOTIFICATION_ID = 42\n        const val CHANNEL = "recording"\n        const val LOCATION_INTERVAL_MS = 2_000L\n        const val MIN_ACCURACY_METERS = 25f\n    }\n}\n',
  'gradle/libs.versions.toml':
    '[versions]\nagp = "8.7.2"\nkotlin = "2.0.21"\nksp = "2.0.21-1.0.27"\ncomposeBom = "2024.10.01"\nhilt = "2.52"\nroom = "2.6.1"\nretrofit = "2.11.0"\nokhttp = "4.12.0"\nmaplibre = "11.5.2"\nwork = "2.9.1"\ncoil = "3.0.0"\nturbine = "1.2.0"\nrobolectric = "4.13"\ntimber = "5.0.1"\n\n[libraries]\ncompose-bom = { module = "androidx.compose:compose-bom", version.ref = "composeBom" }\ncompose-material3 = { module = "androidx.compose.material3:material3" }\nhilt-android = { module = "com.google.dagger:hilt-android", version.ref = "hilt" }\nhilt-compiler = { module = "com.google.dagger:hilt-compiler", version.ref = "hilt" }\nroom-ktx = { module = "androidx.room:room-ktx", version.ref = "room" }\nroom-compiler = { module = "androidx.room:room-compiler", version.ref = "room" }\nretrofit = { module = "com.squareup.retrofit2:retrofit", version.ref = "retrofit" }\nretrofit-kotlinx = { module = "com.squareup.retrofit2:converter-kotlinx-serialization", version.ref = "retrofit" }\nokhttp-logging = { module = "com.squareup.okhttp3:logging-interceptor", version.ref = "okhttp" }\nmaplibre = { module = "org.maplibre.gl:android-sdk", version.ref = "maplibre" }\nwork-runtime = { module = "androidx.work:work-runtime-ktx", version.ref = "work" }\ncoil-compose = { module = "io.coil-kt.coil3:coil-compose", version.ref = "coil" }\ntimber = { module = "com.jakewharton.timber:timber", version.ref = "timber" }\nturbine = { module = "app.cash.turbine:turbine", version.ref = "turbine" }\nrobolectric = { module = "org.robolectric:robolectric", version.ref = "robolectric" }\n\n[plugins]\nandroid-application = { id = "com.android.application", version.ref = "agp" }\nkotlin-android = { id = "org.jetbrains.kotlin.android", version.ref = "kotlin" }\nksp = { id = "com.google.devtools.ksp", version.ref = "ksp" }\nhilt = { id = "com.google.dagger.hilt.android", version.ref = "hilt" }\nspotless = { id = "com.diffplug.spotless", version = "6.25.0" }\n',
  'gradle/wrapper/gradle-wrapper.properties':
    'distributionBase=GRADLE_USER_HOME\ndistributionUrl=https\\://services.gradle.org/distributions/gradle-8.10.2-bin.zip\nnetworkTimeout=10000\n',
  'mock-server/server.js':
    "const http = require('node:http');\n\nhttp.createServer((request, response) => response.end('[]')).listen(8088);\n",
};

export const TRAIL_LINES: readonly Labelled[] = [
  // Build.
  ['Kotlin 2.0.21 with KSP, no kapt anywhere.', 'true'],
  ['kapt is used for Room and Hilt.', 'stale'],
  ['Kotlin version is 1.9.24', 'stale'],
  ['AGP 8.7, Gradle 8.10.2 through the wrapper.', 'true'],
  ['The wrapper is at Gradle 8.5.', 'stale'],
  ['compileSdk 35 but targetSdk is still 34; minSdk 26.', 'true'],
  ['minSdk = 24', 'stale'],
  ['targetSdk has been raised to 35.', 'stale'],
  ['All versions sit in gradle/libs.versions.toml (version catalog).', 'true'],
  ['Versions are kept in buildSrc/src/main/kotlin/Dependencies.kt.', 'stale'],
  ['Convention plugins are in build-logic.', 'true'],
  ['Configuration cache is enabled in gradle.properties.', 'true'],
  ['gradle.properties gives the daemon 2 GB (-Xmx2g)', 'stale'],
  ['CI builds with JDK 21 (temurin), bytecode targets 17.', 'true'],
  ['Java 11 source compatibility.', 'stale'],
  ['Modules: app, core:data, core:model, core:designsystem, feature:map, feature:record.', 'true'],
  [':feature:settings contains the preference screens.', 'stale'],
  ['Shared test doubles live in :core:testing.', 'stale'],
  ['Formatting is spotless + ktlint 1.3.1.', 'true'],
  ['detekt runs with config/detekt.yml.', 'stale'],
  ['Lines up to 120 characters in Kotlin.', 'true'],
  ['Kotlin max_line_length is 100.', 'stale'],
  ['Run everything with ./gradlew checkAll.', 'true'],
  ['./gradlew verifyAll is what CI runs', 'stale'],
  ['Before a commit: ./gradlew spotlessApply', 'true'],
  ['`./gradlew detekt` must pass before a PR.', 'stale'],
  ['Two flavors, mock and prod; mock gets the id suffix .mock.', 'true'],
  ['Flavors are dev, staging and prod.', 'stale'],
  ['The staging flavor talks to api.staging.trail.example.', 'stale'],
  ['The mock flavor talks to 10.0.2.2:8088.', 'true'],
  ['The mock server listens on 8080 (mock-server/server.js).', 'stale'],
  ['R8 is on for release builds, rules in app/proguard-rules.pro.', 'true'],
  ["Release builds aren't minified.", 'stale'],
  ['Signing needs TRAIL_KEYSTORE and TRAIL_KEYSTORE_PASSWORD in the environment.', 'true'],
  ['export TRAIL_KEY_ALIAS before a release build', 'stale'],
  ['applicationId is org.trail.app, versionName 5.3.0 (code 5030).', 'true'],
  ["We're at 5.2.1.", 'stale'],
  // Libraries.
  ['DI is Hilt 2.52, not Koin.', 'true'],
  ['Dependency injection: Koin.', 'stale'],
  ['HTTP: Retrofit 2.11 over OkHttp 4.12 with kotlinx.serialization.', 'true'],
  ['JSON is parsed with Moshi.', 'stale'],
  ['The networking layer uses Ktor.', 'stale'],
  ['Images load with Coil 3.', 'true'],
  ['Glide loads the pictures.', 'stale'],
  ['Map: MapLibre 11.', 'true'],
  ['The map is the Google Maps SDK.', 'stale'],
  ['Logging goes through Timber; the tree is only planted in debug builds.', 'true'],
  ['UI is all Compose with Material 3, BOM 2024.10.01.', 'true'],
  ['Screens are Fragments with XML layouts and ViewBinding.', 'stale'],
  ['LeakCanary is in debug builds.', 'stale'],
  ['Flows are tested with Turbine.', 'true'],
  ['Mocks are made with MockK.', 'stale'],
  ['Robolectric 4.13 for tests that need Android.', 'true'],
  ['Screenshot tests with Paparazzi.', 'stale'],
  ['Crashes are reported to Firebase Crashlytics.', 'stale'],
  // Code.
  ['TrailDatabase is at version 9, with an auto-migration from 8.', 'true'],
  ['Room schema version is 7.', 'stale'],
  ['Room: MIGRATION_7_8 in TrailDatabase.kt adds the elevation.', 'stale'],
  ['Exported Room schemas are below core/data/schemas.', 'true'],
  ['Tables: tours and track_points.', 'true'],
  ['The waypoints table holds points of interest.', 'stale'],
  ['TourDao.observeTours() gives a Flow sorted by title.', 'true'],
  ['TourDao.getAll() returns every tour.', 'stale'],
  ['TourDao uses @Upsert, no separate insert/update.', 'true'],
  ['UserDao holds the account.', 'stale'],
  ['The repository interface is TourRepository, implemented by OfflineFirstTourRepository.', 'true'],
  ['DefaultTourRepository implements TourRepository.', 'stale'],
  ['SyncWorker gives up after 5 attempts and runs every 6 hours (PERIOD_HOURS).', 'true'],
  ['SyncWorker.MAX_ATTEMPTS is 3', 'stale'],
  ['The unique work name is "sync" (SyncWorker.UNIQUE_NAME).', 'stale'],
  ['Unique work name: "tour-sync"', 'true'],
  ['Read timeout of the OkHttp client is 15 s.', 'true'],
  ['TIMEOUT_SECONDS in NetworkModule is 30.', 'stale'],
  ['AuthInterceptor adds the token to each request.', 'stale'],
  ['API calls: GET tours, GET tours/{id}/gpx, POST tours.', 'true'],
  ['TrailApi has a DELETE tours/{id} call.', 'stale'],
  ['API base for prod is https://api.trail.example/v4/', 'true'],
  ['API_BASE points at /v3/ in the prod flavor', 'stale'],
  ['RecordingService is a foreground service of type location.', 'true'],
  ['Location updates every 2 seconds, LOCATION_INTERVAL_MS.', 'true'],
  ['LOCATION_INTERVAL_MS = 5000', 'stale'],
  ['Fixes worse than 25 m are dropped (MIN_ACCURACY_METERS).', 'true'],
  ['RecordingService posts notification 7 (NOTIFICATION_ID).', 'stale'],
  ['Deep links: trail://route', 'true'],
  ['Deep links start with trailapp://.', 'stale'],
  ['Permissions in the manifest: INTERNET, ACCESS_FINE_LOCATION, FOREGROUND_SERVICE_LOCATION.', 'true'],
  ['We ask for ACCESS_BACKGROUND_LOCATION in the manifest.', 'stale'],
  ['allowBackup is false.', 'true'],
  ['MainActivity has launchMode singleTop.', 'stale'],
  ['SplashActivity decides where to go first.', 'stale'],
  ['TrailNavHost starts at the map; routes are ROUTE_MAP and ROUTE_RECORD.', 'true'],
  ['ROUTE_SETTINGS opens the settings.', 'stale'],
  ['Difficulty: EASY, MODERATE, HARD.', 'true'],
  ['Difficulty.EXPERT is for via ferratas.', 'stale'],
  ['RecordingState is sealed: Idle, Running, Paused.', 'true'],
  ['RecordingState.Finished carries the summary', 'stale'],
  ['ElevationProfile is in RecordScreen.kt and internal.', 'true'],
  ['MapScreen moved to feature/map/ui/MapScreen.kt.', 'stale'],
  ['MapViewModel.loadTiles() prefetches tiles.', 'stale'],
  ['Default zoom 13.5', 'true'],
  ['Translations: German and French; keys missing there fall back to English.', 'true'],
  ['Spanish strings are in app/src/main/res/values-es/strings.xml.', 'stale'],
  ['The string record_resume labels the button.', 'stale'],
  // Release, CI.
  ['Releases: fastlane internal, then fastlane promote with 10 % rollout.', 'true'],
  ['bundle exec fastlane beta uploads to Firebase App Distribution.', 'stale'],
  ['fastlane verify runs checkAll.', 'true'],
  ['PLAY_JSON_KEY is the service account for Play uploads.', 'true'],
  ['Instrumented tests run on API 26 and 34.', 'true'],
  ['The emulator job runs API levels 29 and 33.', 'stale'],
  ['The lint job uploads a SARIF report.', 'stale'],
  ['CI cancels older runs of the same branch.', 'true'],
  ['CI is Bitrise.', 'stale'],
  ["develop is the default branch, release/5.3 is what's in the store.", 'true'],
  ['release/5.4 has been cut already.', 'stale'],
  ['How to release: docs/release.md.', 'true'],
  ['Module rules are explained in docs/modularization.md.', 'stale'],
  ['Apache 2.0', 'true'],
  // Others.
  ['Features may depend on :core:data, :core:model and :core:network.', 'stale'],
  ['No RxJava, coroutines and Flow only.', 'true'],
  ['There is no CHANGELOG.', 'stale'],
  ["LiveData isn't used and neither is Timber.", 'stale'],
  ['Was called observeAll(), now TourDao.observeTours().', 'true'],
  ['Plan: move from Hilt to Metro next year.', 'unknown'],
  ["We'd like to raise minSdk to 28 at some point.", 'unknown'],
  ['Ines does the store listing.', 'unknown'],
  ['Old Samsung phones kill services; test on one.', 'unknown'],
  ['The user wants Kotlin idioms explained, he comes from Swift.', 'unknown'],
  ['Play review takes two days.', 'unknown'],
  ['Ask before adding a dependency.', 'unknown'],
];
