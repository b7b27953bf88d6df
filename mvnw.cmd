@echo off
rem Runs Maven: the installed one when it is new enough, otherwise a copy that is downloaded once and checked.
rem
rem   MVNW_REPOURL      base address of a Maven repository (a mirror) to download from, instead of Apache's own site
rem   MAVEN_USER_HOME   where the copy is kept; default %USERPROFILE%\.m2
setlocal EnableExtensions DisableDelayedExpansion

set "WRAPPER=%~dp0.mvn\wrapper"

rem The mvn on PATH, when it works and is 3.8.6 or newer.
where /q mvn.cmd || goto download
set "FOUND="
for /f "tokens=1-3" %%a in ('mvn.cmd -B -v 2^>nul') do (
    if not defined FOUND if "%%a %%b"=="Apache Maven" set "FOUND=%%c"
)
if not defined FOUND goto download
for /f "tokens=1-3 delims=.-" %%a in ("%FOUND%") do (
    set "MAJOR=%%a"
    set "MINOR=%%b"
    set "PATCH=%%c"
)
if %MAJOR% GTR 3 goto useInstalled
if %MAJOR% LSS 3 goto download
if %MINOR% GTR 8 goto useInstalled
if %MINOR% LSS 8 goto download
if %PATCH% LSS 6 goto download

:useInstalled
call mvn.cmd %*
exit /b %ERRORLEVEL%

:download
for /f "usebackq tokens=1,* delims==" %%a in ("%WRAPPER%\maven-wrapper.properties") do (
    if "%%a"=="mavenVersion" set "VERSION=%%b"
    if "%%a"=="distributionBase" set "BASE=%%b"
    if "%%a"=="distributionSha512" set "SHA512=%%b"
)
if not defined MAVEN_USER_HOME set "MAVEN_USER_HOME=%USERPROFILE%\.m2"
set "MAVEN_COPY=%MAVEN_USER_HOME%\wrapper\dists\apache-maven-%VERSION%\%SHA512:~0,16%"
if exist "%MAVEN_COPY%\bin\mvn.cmd" goto useCopy

if defined MVNW_REPOURL set "BASE=%MVNW_REPOURL%/org/apache/maven/apache-maven/%VERSION%"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
    echo mvnw: no JDK found: set JAVA_HOME to a JDK 17 or newer, or put its java on PATH.>&2
    exit /b 1
)
echo Maven is not installed: downloading Maven %VERSION% once.>&2
"%JAVA%" "%WRAPPER%\MavenDownload.java" "%BASE%/apache-maven-%VERSION%-bin.zip" %SHA512% "%MAVEN_COPY%"
if errorlevel 1 exit /b 1

:useCopy
call "%MAVEN_COPY%\bin\mvn.cmd" %*
exit /b %ERRORLEVEL%
