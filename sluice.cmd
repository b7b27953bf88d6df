@echo off
rem The one command of Sluice. It builds on first use and when sources changed, and needs a JDK 17 or newer.
rem
rem   JAVA_HOME          the JDK to use; without it, the java on PATH
rem   SLUICE_JAVA_OPTS   further options for the JVM, after those chosen here
rem   SLUICE_DIST        a finished distribution (a folder with lib\*.jar) to run as it is; nothing is built then
rem   SLUICE_LOG_FORMAT  text (default) or json
rem   SLUICE_LOG_LEVEL   ERROR, WARN, INFO (default), DEBUG or TRACE
setlocal EnableExtensions DisableDelayedExpansion

set "ROOT=%~dp0"
if "%ROOT:~-1%"=="\" set "ROOT=%ROOT:~0,-1%"
set "LAUNCH=%ROOT%\local-cluster\target\launch"

set "COMMAND=%~1"
if not defined COMMAND goto usage
if /i "%COMMAND%"=="help" goto usage
if /i "%COMMAND%"=="-h" goto usage
if /i "%COMMAND%"=="--help" goto usage

rem Small for a cluster to try things on; the service roles take what the machine has.
set "JVM="
if /i "%COMMAND%"=="up" set "JVM=-XX:+UseSerialGC -Xms96m -Xmx768m -Xss512k"
if /i "%COMMAND%"=="gateway" set "JVM=-XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:MaxRAMPercentage=40"
if /i "%COMMAND%"=="router" set "JVM=-XX:+UseG1GC -XX:MaxRAMPercentage=40"
if /i "%COMMAND%"=="leader" set "JVM=-XX:+UseSerialGC -Xmx256m"
if /i "%COMMAND%"=="doctor" set "JVM=-XX:+UseSerialGC -Xmx256m"
if /i "%COMMAND%"=="drain" set "JVM=-XX:+UseSerialGC -Xmx256m"
if /i "%COMMAND%"=="bench" set "JVM=-XX:+UseSerialGC -Xms256m -Xmx1g"
if /i "%COMMAND%"=="build" set "JVM=none"
if /i "%COMMAND%"=="test" set "JVM=none"
if /i "%COMMAND%"=="soak" set "JVM=none"
if not defined JVM goto unknown

call :findJdk || exit /b 1
if /i "%COMMAND%"=="test" goto test
if /i "%COMMAND%"=="soak" goto test
set "DIST=%LAUNCH%"
if defined SLUICE_DIST set "DIST=%SLUICE_DIST%"
if not defined SLUICE_DIST call :buildIfNeeded || exit /b 1
if /i "%COMMAND%"=="build" goto built

rem Netty and Kafka reach for native memory; newer JVMs want to be told that this is meant.
if %JAVA_MAJOR% GEQ 24 set "JVM=%JVM% --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
"%JAVA%" %JVM% %SLUICE_JAVA_OPTS% -XX:+ExitOnOutOfMemoryError -cp "%DIST%\lib\*" io.sluice.local.Main %*
exit /b %ERRORLEVEL%

:built
echo Built: %LAUNCH%
exit /b 0

rem Messages stand outside of parentheses: a path that holds one, such as Program Files (x86), would end the block.
:unknown
call :printUsage>&2
set "MESSAGE=unknown command: %COMMAND%"

:fail
>&2 echo sluice: %MESSAGE%
exit /b 1

:test
rem The tests that drive Linux programs skip themselves here and say so.
set "ALONE="
call :needCompiler || exit /b 1
set "REST="
if /i "%COMMAND%"=="soak" call :fullForms %2
if defined ALONE shift
:nextOption
shift
if "%~1"=="" goto runTests
set REST=%REST% %1
goto nextOption
:runTests
pushd "%ROOT%"
call mvnw.cmd -B -ntp verify %REST%
set "CODE=%ERRORLEVEL%"
popd
exit /b %CODE%

:usage
call :printUsage
exit /b 0

:printUsage
echo Usage: sluice COMMAND [OPTIONS]
echo.
echo   up                      start a whole cluster in one process, with its own Kafka and ZooKeeper
echo   gateway --config FILE   run one gateway against your Kafka and ZooKeeper
echo   router  --config FILE   run one router
echo   leader  --config FILE   run one leader candidate
echo   drain   --config FILE   have a running gateway send its clients away and stop, and wait for its end
echo   doctor  --config FILE   check Kafka, ZooKeeper, clocks and limits, and say what to mend
echo   bench SCENARIO          load any MQTT broker and tell what it does with it
echo   build                   build without running anything
echo   test                    run all tests
echo   soak [TEST]             run in full what test does in short, for hours; TEST is one class
echo.
echo Start with: sluice up        Options of a command: sluice COMMAND --help
exit /b 0

rem Asks for the long forms of the tests that have one, and for one class alone when it is named.
:fullForms
set "REST= -Dsluice.soak=true -Dgroups=soak"
set "ALONE=%~1"
if not defined ALONE exit /b 0
if "%ALONE:~0,1%"=="-" (
    set "ALONE="
    exit /b 0
)
set "REST=%REST% -Dit.test=%ALONE% -Dfailsafe.failIfNoSpecifiedTests=false"
exit /b 0

rem Sets JAVA and JAVA_MAJOR, or prints the one line that tells what is wrong.
:findJdk
set "JAVA=java"
set "WHERE_FROM=the java on PATH"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
if defined JAVA_HOME set "WHERE_FROM=JAVA_HOME (%JAVA_HOME%)"
set "JAVA_VERSION="
rem The doubled quotation marks are those that cmd takes away around the whole.
for /f "tokens=3" %%v in ('""%JAVA%" -version 2^>^&1 ^| findstr /c:" version ""') do if not defined JAVA_VERSION set "JAVA_VERSION=%%~v"
set "MESSAGE=no JDK found: %WHERE_FROM% does not run. Install a JDK 17 or newer and set JAVA_HOME or PATH."
if not defined JAVA_VERSION goto fail
set "JAVA_MAJOR="
for /f "tokens=1,2 delims=.-+_" %%a in ("%JAVA_VERSION%") do (
    set "JAVA_MAJOR=%%a"
    if "%%a"=="1" set "JAVA_MAJOR=%%b"
)
set "MESSAGE=wrong JDK: %WHERE_FROM% is Java %JAVA_VERSION%. Sluice needs a JDK 17 or newer."
if %JAVA_MAJOR% LSS 17 goto fail
exit /b 0

rem What builds must also know where the JDK is: Maven looks for its compiler there.
:needCompiler
set "JDK="
for /f "tokens=1,* delims==" %%a in ('""%JAVA%" -XshowSettings:properties -version 2^>^&1 ^| findstr /c:"java.home =""') do for /f "tokens=*" %%h in ("%%b") do set "JDK=%%h"
set "MESSAGE=wrong JDK: %WHERE_FROM% is a runtime without a compiler. Sluice needs a JDK 17 or newer to build."
if not exist "%JDK%\bin\javac.exe" goto fail
set "JAVA_HOME=%JDK%"
exit /b 0

rem Builds when there is no distribution, or when a source or a pom is newer than it.
:buildIfNeeded
set "PS=powershell -NoProfile -ExecutionPolicy Bypass -Command"
if not exist "%LAUNCH%\stamp" goto build
%PS% "$s=(Get-Item -LiteralPath $env:LAUNCH\stamp).LastWriteTimeUtc; $f=@(Get-Item -Path $env:ROOT\pom.xml,$env:ROOT\*\pom.xml)+@(Get-ChildItem -Path $env:ROOT\*\src\main -Recurse); if($f | Where-Object {$_.LastWriteTimeUtc -gt $s}){exit 1}"
if errorlevel 1 goto build
exit /b 0

:build
call :needCompiler || exit /b 1
set "FRESH=%ROOT%\local-cluster\target\launch.new"
set "LOG=%ROOT%\target\build.log"
if not exist "%ROOT%\target" mkdir "%ROOT%\target"
if exist "%FRESH%" rmdir /s /q "%FRESH%"
mkdir "%FRESH%"
type nul > "%FRESH%\stamp"
echo Building Sluice; the first time takes a few minutes. Log: %LOG%>&2
pushd "%ROOT%"
rem The whole output goes to the log; the lines that name a module are also shown. PowerShell hands on Maven's exit code.
%PS% "& $env:ROOT\mvnw.cmd -B -ntp -pl local-cluster -am package '-Dmaven.test.skip=true' '-Dspotless.check.skip=true' '-Dcheckstyle.skip=true' '-Denforcer.skip=true' ('-Ddist.folder='+$env:FRESH) 2>&1 | Tee-Object -FilePath $env:LOG | Where-Object {$_ -match 'Building Sluice ::|^mvnw:|^  \d+ %%'} | ForEach-Object {Write-Host ($_ -replace '^\[INFO\] ','  ')}; exit $LASTEXITCODE"
set "CODE=%ERRORLEVEL%"
popd
set "MESSAGE=the build failed. The whole log: %LOG%"
if not "%CODE%"=="0" findstr /b /c:"[ERROR]" /c:"mvnw:" "%LOG%">&2
if not "%CODE%"=="0" goto fail
if exist "%LAUNCH%" rmdir /s /q "%LAUNCH%"
set "MESSAGE=%LAUNCH% is in use by a running cluster: stop it first, since sources changed."
if exist "%LAUNCH%" goto fail
move "%FRESH%" "%LAUNCH%" >nul
exit /b %ERRORLEVEL%
